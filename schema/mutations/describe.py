"""Descriptions that many inputs share."""

NAME = "1 to 512 characters, none of them a control character; case counts."
METADATA = "Free-form object: at most 64 KiB, 100 keys, 5 levels."
OBSERVE_ME = "false: nothing is concluded about the peer from what it says. null: {default}."
OBSERVE_OTHERS = "true: the peer gets models of others from what it witnesses. null: {default}."
WORKSPACE = "Name of the workspace; it must exist."
CONFIGURATION = "What it sets itself; see `Configuration`."
MAX_WAIT = "Return when it is done, or after this, up to 25000."
