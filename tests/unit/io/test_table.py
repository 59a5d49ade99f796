"""Tables: the same recording, however it is written; or the line where it stops."""

import csv
import io
import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from counted import counted
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.contract import Contract
from gazelab.errors import ReadError, SettingsError
from gazelab.io.mapping import contract_settings, mapping_settings
from gazelab.io.reading import Reading
from gazelab.io.table import Mapping, guess_mapping, preview, read_table, sniff_table
from gazelab.task import finish

HEADER = ("participant", "stimulus", "x", "y", "onset", "duration")
ROWS = (
    ("Änne", "bild 1.jpg", 12.5, 30.25, 0.0, 180.5),
    ("Änne", "bild 1.jpg", 400.0, 299.75, 200.5, 250.0),
    ("Änne", "bild 2.jpg", -3.5, 1.0, 10.0, 99.5),
    ("Bo", "bild 1.jpg", 1e3, 0.5, 0.0, 300.0),
)


def text_of(
    rows: Sequence[Sequence[object]],
    delimiter: str = ",",
    decimal: str = ".",
    end: str = "\n",
    quoted: bool = False,
    header: Sequence[str] = HEADER,
) -> str:
    """Return rows as text; numbers with the decimal sign."""
    buffer = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(header)
    for row in rows:
        cells = [str(v).replace(".", decimal) if isinstance(v, float) else v for v in row]
        writer.writerow(cells)
    return buffer.getvalue()


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "table.xls"  # the name says nothing
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path, mapping: Mapping | None = None) -> Reading:
    return counted(finish(read_table(path, mapping)), "fixations")


def values_of(reading: Reading) -> list[tuple[object, ...]]:
    return [
        (path.participant, path.stimulus, *numbers)
        for path in reading.scanpaths
        for numbers in zip(
            path.x_px.tolist(),
            path.y_px.tolist(),
            path.onset_ms.tolist(),
            path.duration_ms.tolist(),
            strict=True,
        )
    ]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", " ", "|"])
def test_every_way_of_writing_gives_the_same_numbers(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    for decimal, end, quoted in itertools.product(".,", ("\n", "\r\n", "\r"), (False, True)):
        text = text_of(ROWS, delimiter, decimal, end, quoted)
        reading = read(table(tmp_path, text, encoding))
        assert values_of(reading) == list(ROWS), (decimal, end, quoted)
        assert reading.counts["rows read"] == len(ROWS)


def test_an_unquoted_decimal_comma_between_commas_stops(tmp_path: Path) -> None:
    text = text_of(ROWS) + "Bo,bild 1.jpg,12,5,1,900,100\n"
    with pytest.raises(ReadError, match=r"line 6: The row has 7 cells instead of 6.*decimal"):
        read(table(tmp_path, text))


def test_a_late_decimal_comma_stops_with_line_and_column(tmp_path: Path) -> None:
    whole = [("P", "a", k, k, k * 300, 200) for k in range(3000)]
    text = text_of([*whole, ("P", "a", "12,5", 1, 900_300, 100)], ";")
    path = table(tmp_path, text)
    with pytest.raises(ReadError, match=r"line 3002: '12,5' in column 'x' is not a number.*comma"):
        read(path)
    mapping = replace(guess_mapping(path), decimal=",")
    assert read(path, mapping).scanpaths[0].x_px[-1] == 12.5


@pytest.mark.parametrize(
    "cell", ["1.234,5", "1,234.5", "12px", "1e999", "0x10", "1_000", "١٢", "−5", "=1+1", "inf"]
)
def test_what_is_no_number_is_never_taken_for_one(tmp_path: Path, cell: str) -> None:
    text = text_of([*ROWS, ("Bo", "bild 1.jpg", cell, 1.0, 900.0, 100.0)], "\t")
    with pytest.raises(ReadError, match=r"line 6.*column 'x'"):
        read(table(tmp_path, text))


@pytest.mark.parametrize("code", ["", ".", "NA", "n/a", "NaN", "nan", "-", "NULL"])
def test_missing_values_are_kept_as_missing_and_rows_add_up(tmp_path: Path, code: str) -> None:
    rows = [
        *ROWS,
        ("Bo", "bild 1.jpg", code, 1.0, 400.0, 100.0),
        ("Bo", "bild 1.jpg", 2.0, 1.0, 600.0, code),
        ("Bo", code, 2.0, 1.0, 600.0, 100.0),
        (code, "bild 1.jpg", 2.0, 1.0, 600.0, 100.0),
        ("Bo", "bild 1.jpg", 2.0, 1.0, code, 100.0),
    ]
    reading = read(table(tmp_path, text_of(rows)))
    bo = reading.scanpaths[-1]
    assert np.isnan(bo.x_px).tolist() == [False, True, False]
    assert np.isnan(bo.duration_ms).tolist() == [False, False, True]
    rejected = {k: v for k, v in reading.counts.items() if k.startswith("rows rejected")}
    assert rejected == {
        "rows rejected: no stimulus": 1,
        "rows rejected: no participant": 1,
        "rows rejected: no onset": 1,
    }
    fixations = sum(map(len, reading.scanpaths))
    assert fixations + sum(rejected.values()) == reading.counts["rows read"] == len(rows)


def test_the_missing_codes_can_be_chosen(tmp_path: Path) -> None:
    path = table(tmp_path, text_of([*ROWS, ("Bo", "bild 1.jpg", -1, -1, 400.0, 9.0)]))
    mapping = guess_mapping(path)
    assert read(path).scanpaths[-1].x_px[-1] == -1
    read_again = read(path, replace(mapping, missing=(*mapping.missing, "-1")))
    assert np.isnan(read_again.scanpaths[-1].x_px[-1])


def test_empty_lines_and_preambles_are_passed_over(tmp_path: Path) -> None:
    text = (
        "# made with\n# something, by someone\n\n" + text_of(ROWS).replace("\n", "\n\n") + ",,,,,\n"
    )
    reading = read(table(tmp_path, text))
    assert values_of(reading) == list(ROWS)
    assert reading.counts["rows rejected: empty"] == 1
    with pytest.raises(ReadError, match="line 15"):
        read(table(tmp_path, text + "Bo,b,x,1,1,1\n"))


def test_line_numbers_count_lines_in_quoted_cells(tmp_path: Path) -> None:
    rows = [("P\n1", "a\r\nb", 1.0, 2.0, 0.0, 100.0), ("P", "a", "bad", 2.0, 0.0, 100.0)]
    with pytest.raises(ReadError, match=r"line 5.*'bad'"):
        read(table(tmp_path, text_of(rows)))


def test_tables_as_r_and_ogama_write_them(tmp_path: Path) -> None:
    lines = text_of(ROWS, "\t").splitlines()
    by_r = "\n".join([lines[0], *(f"{k}\t{line}" for k, line in enumerate(lines[1:], 1))])
    assert values_of(read(table(tmp_path, by_r))) == list(ROWS)
    by_ogama = "".join(f"{line}\t\n" for line in lines)
    assert values_of(read(table(tmp_path, by_ogama))) == list(ROWS)


def test_a_row_that_is_too_short_stops(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="line 6: The row has 3 cells instead of 6"):
        read(table(tmp_path, text_of(ROWS) + "Bo,bild 1.jpg,3\n"))


def test_an_open_quote_stops(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="line 6: The quotes"):
        read(table(tmp_path, text_of(ROWS) + 'Bo,"bild 1.jpg,3,4,5,6\n'))


def test_the_order_is_that_of_the_onsets(tmp_path: Path) -> None:
    rows = [
        ("P", "a", 1.0, 0.0, 500.0, 100.0),
        ("Q", "a", 9.0, 0.0, -20.0, 100.0),
        ("P", "a", 2.0, 0.0, 0.0, 100.0),
        ("P", "a", 3.0, 0.0, 250.0, 100.0),
    ]
    reading = read(table(tmp_path, text_of(rows)))
    assert reading.scanpaths[0].x_px.tolist() == [2.0, 3.0, 1.0]
    assert reading.counts["rows earlier than the row before"] == 1
    assert reading.counts["fixations begun before the stimulus"] == 1


def test_without_onsets_they_are_synthesised_in_the_given_order(tmp_path: Path) -> None:
    header = ("Subject", "Image", "FixationIndex", "X", "Y", "Dur")
    rows = [("P", "a", 2, 20, 1, 300), ("P", "a", 1, 10, 1, 200), ("P", "a", 3, 30, 1, 100)]
    (path,) = read(table(tmp_path, text_of(rows, header=header))).scanpaths
    assert path.x_px.tolist() == [10, 20, 30]
    assert path.onset_ms.tolist() == [0, 200, 500]
    assert path.origin.synthetic_onsets
    assert "synthesised" in " ".join(path.origin.notes)


@pytest.mark.parametrize("factor", [1e-3, 1.0, 1e3, 1e6])
def test_durations_from_start_and_end_in_any_unit(tmp_path: Path, factor: float) -> None:
    header = ("Participant", "Stimulus", "Trial", "Fixation_X", "Fixation_Y", "Start", "End")
    rows = [
        ("P", "a", t, 1, 2, start * factor, (start + 200) * factor)
        for t in (1, 2)
        for start in (0, 250, 500, 750)
    ]
    reading = read(table(tmp_path, text_of(rows, header=header)))
    assert [path.trial for path in reading.scanpaths] == ["1", "2"]
    for path in reading.scanpaths:
        np.testing.assert_allclose(path.onset_ms, [0, 250, 500, 750])
        np.testing.assert_allclose(path.duration_ms, 200.0)


def test_onsets_from_end_and_duration(tmp_path: Path) -> None:
    header = ("participant", "stimulus", "x", "y", "end", "duration")
    rows = [("P", "a", 1, 2, 200, 150), ("P", "a", 1, 2, 500, 250)]
    (path,) = read(table(tmp_path, text_of(rows, header=header))).scanpaths
    assert path.onset_ms.tolist() == [50, 250]
    assert not path.origin.synthetic_onsets


def test_times_of_the_recording_start_at_the_first_fixation(tmp_path: Path) -> None:
    shifted = [(*row[:4], row[4] + 2_076_105, row[5]) for row in ROWS]
    path = table(tmp_path, text_of(shifted))
    reading = read(path)
    assert reading.contract.zero == "first"
    assert "they begin late" in " ".join(reading.contract.reasons)
    assert reading.scanpaths[0].onset_ms.tolist() == [2_076_105.0, 2_076_305.5]


def test_fractions_and_positions_around_the_middle_are_noticed(tmp_path: Path) -> None:
    rows = [("P", "a", x, x / 2, 300 * k, 200) for k, x in enumerate((0.25, 0.5, 0.75))]
    assert read(table(tmp_path, text_of(rows))).contract.positions == "stimulus fraction"
    contract = read(table(tmp_path, text_of(ROWS))).contract
    assert (contract.positions, contract.origin) == ("stimulus px", "top-left")
    rows = [("P", "a", x, -x / 2, 300 * k, 200) for k, x in enumerate((-90, 80, -70, 60))]
    assert read(table(tmp_path, text_of(rows))).contract.origin == "centre"
    header = (*HEADER[:2], "x [deg]", "y [deg]", *HEADER[4:])
    contract = read(table(tmp_path, text_of(rows, header=header))).contract
    assert (contract.positions, contract.origin) == ("screen deg", "centre")
    assert contract.lacking


def test_what_tables_call_their_contract() -> None:
    said = {"coordinates": "normalised", "y_axis": "up", "onset_from": "recording", "base": "1"}
    contract = Contract(**contract_settings(said))  # type: ignore[arg-type]
    assert contract == Contract("stimulus fraction", "bottom-left", 1, zero="first")
    assert contract_settings({"decimal": ","}) == {}
    with pytest.raises(SettingsError, match="y_axis cannot be 'left'"):
        contract_settings({"y_axis": "left"})


def test_settings_written_by_people() -> None:
    said = {"decimal": ",", "base": "1", "missing": "-1, X", "rate_hz": "250", "valid": "OK"}
    mapping = Mapping(**mapping_settings(said | {"zero_is_missing": "yes"}))  # type: ignore[arg-type]
    assert (mapping.decimal, mapping.rate_hz, mapping.valid) == (",", 250.0, ("ok",))
    assert {"-1", "x", "", "nan"} <= {*mapping.missing}
    assert mapping.zero_is_missing
    with pytest.raises(SettingsError, match=r"no setting colour.*coordinates"):
        mapping_settings({"colour": "red"})
    for wrong in ({"rate_hz": "fast"}, {"zero_is_missing": "perhaps"}, {"header_line": "a"}):
        with pytest.raises(SettingsError, match="cannot be"):
            mapping_settings(wrong)


def test_samples_are_not_taken_for_fixations(tmp_path: Path) -> None:
    rows = [("P", "a", 10, 20, 17 * k, 170) for k in range(40)]
    with pytest.raises(ReadError, match="39 of 40 fixations begin before the one before has ended"):
        read(table(tmp_path, text_of(rows)))


def test_a_missing_column_is_named_and_can_be_chosen(tmp_path: Path) -> None:
    header = ("who", "stimulus", "horizontal", "y", "onset", "duration")
    path = table(tmp_path, text_of(ROWS, header=header))
    with pytest.raises(ReadError, match=r"line 1: No usable column for x\. .*horizontal") as caught:
        read(path)
    assert caught.value.line == 1
    mapping = guess_mapping(path)
    assert mapping.lacking == ("x",)
    assert mapping.participant == "table"  # the name of the file
    mapping = mapping.with_columns(x="horizontal", participant="who")
    assert values_of(read(path, mapping)) == list(ROWS)
    with pytest.raises(ReadError, match="No usable column for y"):
        read(path, mapping.with_columns(y=None))
    with pytest.raises(ReadError, match="There is no column named vertical"):
        read(path, mapping.with_columns(y="vertical"))


def test_a_table_of_one_picture_can_name_it(tmp_path: Path) -> None:
    rows = [row[2:] for row in ROWS[:2]]
    path = table(tmp_path, text_of(rows, header=HEADER[2:]))
    mapping = replace(guess_mapping(path), stimulus="bild 1.jpg")
    assert values_of(read(path, mapping)) == [("table", *row[1:]) for row in ROWS[:2]]


def test_a_table_without_header_can_be_mapped(tmp_path: Path) -> None:
    path = table(tmp_path, text_of([row[2:] for row in ROWS[:2]], header=()).lstrip("\n"))
    mapping = guess_mapping(path)
    assert mapping.header_line == 0
    mapping = replace(mapping, participant="P", stimulus="a").with_columns(
        x="column 1", y="column 2", onset="column 3", duration="column 4"
    )
    assert values_of(read(path, mapping)) == [("P", "a", *row[2:]) for row in ROWS[:2]]


def test_formulas_and_markup_in_names_stay_what_they_are(tmp_path: Path) -> None:
    names = ['=HYPERLINK("x")', "@SUM(A1)", "<b>P</b>", "../../etc", "+1", "日本 ü"]
    rows = [(name, "a", 1.0, 2.0, 0.0, 100.0) for name in names]
    reading = read(table(tmp_path, text_of(rows, "\t")))
    assert [path.participant for path in reading.scanpaths] == names


def test_a_table_of_headers_only_has_nothing(tmp_path: Path) -> None:
    rows = [("", "a", 1.0, 2.0, 0.0, 100.0)] * 2
    with pytest.raises(ReadError, match=r"no row that can be used.*no participant: 2"):
        read(table(tmp_path, text_of(rows)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"one word",
        b"A text, with a comma.\nAnd one without\nany, or, many, more.\n",
        bytes(range(256)) * 20,
        b"\x89PNG\r\n\x1a\n" + bytes(400),
        b'{"a": [1, 2,\n3]}\n',
    ],
)
def test_what_is_no_table_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert not sniff_table(path)
    with pytest.raises(ReadError, match="not a table"):
        read(path)


def test_an_endless_line_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, text_of(ROWS) * 60 + "1," * 600_000)
    with pytest.raises(ReadError, match="too long"):
        read(path)


def test_a_wrong_encoding_is_one_sentence(tmp_path: Path) -> None:
    path = table(tmp_path, text_of(ROWS), "cp1252")
    with pytest.raises(ReadError, match="not utf-8"):
        read(path, replace(guess_mapping(path), encoding="utf-8"))


@pytest.mark.parametrize("setting", [{"decimal": "·"}, {"kind": "gaze"}, {"time_unit": "min"}])
def test_settings_that_make_no_sense_are_refused(setting: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="cannot be"):
        Mapping(**setting)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="no field named z"):
        Mapping(columns={"z": "a"})


def test_the_preview_shows_what_was_guessed(tmp_path: Path) -> None:
    shown = preview(table(tmp_path, text_of(ROWS, ";", ",")), rows_shown=2)
    assert shown.columns == HEADER
    assert shown.rows[0][2] == "12,5"
    assert len(shown.rows) == 2
    assert shown.lines == 5
    assert shown.problem == ""
    assert "decimal sign" in " ".join(shown.mapping.reasons)
    changed = preview(shown.path, replace(shown.mapping, decimal="."))
    assert "line 2: '12,5'" in changed.problem
    unmapped = preview(shown.path, shown.mapping.with_columns(x=None))
    assert "No usable column for x" in unmapped.problem


VENDORS = {
    "EyeLink": "RECORDING_SESSION_LABEL,page_name,TRIAL_INDEX,CURRENT_FIX_X,CURRENT_FIX_Y,"
    "CURRENT_FIX_START,CURRENT_FIX_END,CURRENT_FIX_DURATION",
    "Tobii": "Participant name,Presented Stimulus name,Trial,Fixation point X [MCS px],"
    "Fixation point Y [MCS px],Recording timestamp [ms],End time [ms],Gaze event duration [ms]",
    "OGAMA": "SubjectName,TrialName,TrialID,PosX,PosY,StartTime,EndTime,Length",
    "BeGaze": "Participant,Stimulus,Trial,Fixation Position X [px],Fixation Position Y [px],"
    "Event Start Trial Time [ms],Event End Trial Time [ms],Event Duration [ms]",
}


@pytest.mark.parametrize("names", VENDORS.values(), ids=VENDORS)
def test_the_columns_of_known_programs_are_found(tmp_path: Path, names: str) -> None:
    header = names.split(",")
    rows = [("P", "a", 1, 10, 20, 300 * k, 300 * k + 250, 250) for k in range(3)]
    found = guess_mapping(table(tmp_path, text_of(rows, "\t", header=header))).columns
    assert list(found.values()) == header
    fields = ("participant", "stimulus", "trial", "x", "y", "onset", "end", "duration")
    assert tuple(found) == fields


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data: bytes) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("t") / "t.csv"
    for content in (data, text_of(ROWS).encode() + data, data + b"\n" + text_of(ROWS).encode()):
        path.write_bytes(content)
        try:
            reading = read(path)
        except ReadError:
            continue
        counts = reading.counts
        rejected = sum(n for name, n in counts.items() if name.startswith("rows rejected"))
        assert counts["rows read"] == rejected + sum(map(len, reading.scanpaths))


def test_a_real_fixation_report(shared_data: Path) -> None:
    path = shared_data / "formats" / "eyelink_fixation_report" / "18sat_fixfinal.csv"
    reading = read(path)
    assert sum(map(len, reading.scanpaths)) == 112
    assert reading.scanpaths[0].x_px[0] == 59.8
    assert reading.scanpaths[0].origin.synthetic_onsets


def test_a_real_export_of_samples_is_refused(shared_data: Path) -> None:
    with pytest.raises(ReadError, match="fixations begin before the one before has ended"):
        read(shared_data / "formats" / "tobii_studio" / "dataSampleScanpaths.tsv")


@pytest.mark.parametrize(
    ("says", "simulated"), [("yes", True), ("1", True), ("no", False), ("", False)]
)
def test_a_table_that_says_it_is_simulated_is_marked(
    tmp_path: Path, says: str, simulated: bool
) -> None:
    path = tmp_path / "made-up.csv"
    path.write_text(f"participant,stimulus,x,y,duration,simulated\nP1,a.png,1,2,200,{says}\n")
    reading = finish(read_table(path))
    assert [scanpath.origin.simulated for scanpath in reading.scanpaths] == [simulated]
