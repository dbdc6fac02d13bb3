"""Letters (公文) as .docx: how their templates are made, filled, released and filed. Decides no case."""
