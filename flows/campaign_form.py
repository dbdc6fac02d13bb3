"""Fields that the forms of campaigns and seasons share, each with its Chinese title and what to write."""

from __future__ import annotations

from typing import Annotated

from flows.forms import DAY, shown_as

# fmt: off  (a table reads better with its columns aligned)
CampaignId = Annotated[str | None, shown_as("已有批量办理的编号", "填写后办理这份已确认的名单，其余各项留空")]
ActionName = Annotated[str | None, shown_as("操作", "操作代码或中文名称，如 开展中期考核")]
Where = Annotated[
    list[str] | None,
    shown_as("按状态和项目类别选取", "每行一条 状态/项目类别，任一边可留空，如 实施中/h23-young-talent"),
]
Projects = Annotated[list[str] | None, shown_as("项目编号", "与“按状态和项目类别选取”二者取一")]
On = Annotated[str | None, DAY, shown_as("业务日期", "不填则为今天（北京时间）")]
Reason = Annotated[str | None, shown_as("理由", "操作要求书面理由的须填写")]
Document = Annotated[str | None, shown_as("文件", "文号@日期，如 豫科协〔2023〕1号@2023-05-04")]
Materials = Annotated[dict[str, str] | None, shown_as("材料", "材料种类与工作进程所在机器上的文件路径")]
Values = Annotated[dict[str, str] | None, shown_as("登记的值", "名称与值，对名单上的每个项目相同")]
Title = Annotated[str | None, shown_as("名称", "这次批量办理的名称，显示在名单和结果上")]
AtOnce = Annotated[bool, shown_as("立即办理", "选中并填写项目数后立即办理；须由另一人确认的仍只列名单")]
Count = Annotated[int | None, shown_as("所确认的项目数", "与名单的项目数不符的不予办理")]
Key = Annotated[str | None, shown_as("幂等键", "同一键再次启动不另列名单")]
# fmt: on
