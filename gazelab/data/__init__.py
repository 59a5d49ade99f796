"""The nouns: frozen values in numpy, which know no file format, no window and no network.

Conventions that hold everywhere: the origin is the top-left corner of the stimulus, x to
the right, y down, and the pixel column of a point is `floor(x)`; arrays are
(rows, columns); times are milliseconds, angles degrees, and the unit is in the name; a
value that is undefined is NaN, never 0.
"""
