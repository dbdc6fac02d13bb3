"""The intake folder through the command line: no flow server is needed to take files in, nor to ask."""

from __future__ import annotations

from tests.cli import UNIT, Office, application


def test_a_folder_is_read_and_what_became_of_each_file_can_be_asked_later(office: Office) -> None:
    folder = office.home.parent / "来件"
    folder.mkdir()
    office.write("来件/甲.json", [application("示例甲"), application("示例乙", unit={**UNIT, "kind": "?"})])
    ran = office.ask("intake", "run", folder, by="clerk", on="2023-03-02")
    assert ran.status == 3
    assert (ran.json["accepted"], ran.json["refused"]) == (1, 1)

    again = office.ask("intake", "run", folder / "甲.json", by="clerk", on="2023-03-02")
    assert (again.status, again.json["accepted"], again.json["refused"]) == (3, 0, 1)

    (told,) = office.done("intake", "list", by="clerk")["files"]
    assert (told["file"], told["status_label"]) == ("甲.json", "部分受理")
    assert [one["project"] for one in told["accepted"]] == ["h23-young-talent-0001"]
    assert [one["title"] for one in told["refused"]] == ["示例乙"]
    assert len(office.done("list")["projects"]) == 1


def test_a_missing_folder_is_told_with_what_to_do(office: Office) -> None:
    ran = office.ask("intake", "run", by="clerk", on="2023-03-02")
    assert (ran.status, ran.json["error"]["message"].startswith("没有申报文件夹")) == (7, True)
