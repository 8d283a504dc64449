"""The mail gateway: a milter that judges each message while Postfix still holds it.

protocol (bytes <-> events) -> session (one connection) -> pool (worker processes) -> judging
(mail -> ruling) -> answers (ruling -> bytes). It takes no custody: every answer is given while
the sender or Postfix still has the message, so a fault of ours can only delay (P1, P3).
"""
