"""Fields that the forms of campaigns and seasons share, each with its Chinese title and what to write."""

from __future__ import annotations

from typing import Annotated, Literal

from flows.forms import DAY, shown_as

# fmt: off
CampaignId = Annotated[str | None, shown_as("已有批量办理的编号", "填写后办理（或确认）这份名单，其余各项留空")]
ActionName = Annotated[str | None, shown_as("操作", "操作代码或中文名称，如 开展中期考核")]
Where      = Annotated[list[str] | None, shown_as("按状态和项目类别选取", "每行一条 状态/项目类别，任一边可留空，如 实施中/h23-young-talent")]
Projects   = Annotated[list[str] | None, shown_as("项目编号", "与“按状态和项目类别选取”二者取一")]
On         = Annotated[str | None, DAY, shown_as("业务日期", "不填则为今天（北京时间）")]
Reason     = Annotated[str | None, shown_as("理由", "操作要求书面理由的须填写")]
Document   = Annotated[str | None, shown_as("文件", "文号@日期，如 豫科协〔2023〕1号@2023-05-04")]
Materials  = Annotated[dict[str, str] | None, shown_as("材料", "材料种类与工作进程所在机器上的文件路径")]
Values     = Annotated[dict[str, str] | None, shown_as("登记的值", "名称与值，对名单上的每个项目相同")]
Title      = Annotated[str | None, shown_as("名称", "这次批量办理的名称，显示在名单和结果上")]
AtOnce     = Annotated[bool, shown_as("立即办理", "选中并填写项目数后立即办理；须由另一人确认的仍只列名单")]
Count      = Annotated[int | None, shown_as("所确认的项目数", "与名单的项目数不符的不予办理")]
Key        = Annotated[str | None, shown_as("幂等键", "同一键再次启动不另列名单")]
Programme  = Annotated[str, shown_as("项目类别", "一个项目类别的代码、编号或名称，如 h23-young-talent")]
Line       = Annotated[str, shown_as("项目类别", "代码、编号或名称，可以是分组，也可以是省份（henan、fujian）")]
Year       = Annotated[int, shown_as("年度", "项目的年度，如 2023")]
Until      = Annotated[str | None, DAY, shown_as("截至", "建议日期在此日之前（含）的项目才列入，不填则为业务日期")]
WithLists  = Annotated[bool, shown_as("列出名单", "不选则只看情况，不起草批量办理")]
Selected   = Annotated[list[str] | None, shown_as("入选的项目", "每行一个项目编号")]
Rejected   = Annotated[list[str] | None, shown_as("不入选的项目", "每行一个项目编号")]
RejectRest = Annotated[bool, shown_as("其余均不入选", "选中后，未列为入选的待评审项目都列为不入选")]
Seasons    = Annotated[list[Literal["midterm", "evaluation"]] | None, shown_as("现在开展", "midterm 中期考核，evaluation 绩效评价；各列名单待确认")]
# fmt: on
