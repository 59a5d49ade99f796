"""What leaves the program: tables, their dictionary, a manifest and a README."""
