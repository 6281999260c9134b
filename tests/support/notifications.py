"""Delivery status notifications as mail servers write them."""

BOUNDARY = "A42.1795339200/mx.example"


def notification(
    message_id: str,
    action: str = "failed",
    status: str = "5.1.1",
    *,
    returned: str = "message/rfc822",
    threads: str = "",
    to: str = "kim@customer.example",
) -> bytes:
    """A notification about one mail, as Postfix writes it."""
    original = f"Message-ID: {message_id}\nSubject: It began\nTo: {to}\n\nHello.\n"
    thread = f"In-Reply-To: {threads}\nReferences: {threads}\n" if threads else ""
    third = f"--{BOUNDARY}\nContent-Type: {returned}\n\n{original}" if returned else ""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: comms@example.com
Auto-Submitted: auto-replied
MIME-Version: 1.0
{thread}Content-Type: multipart/report; report-type=delivery-status;
\tboundary="{BOUNDARY}"

This is a MIME-encapsulated message.

--{BOUNDARY}
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--{BOUNDARY}
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Sun, 22 Nov 2026 09:20:00 +0000 (UTC)

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <{to}>: Recipient address rejected

{third}
--{BOUNDARY}--
""".encode()


AUTOMATIC = b"""\
From: kim@customer.example
To: comms@example.com
Subject: Out of office
Auto-Submitted: auto-replied
In-Reply-To: <c1.00000000000000000000000000000000@example.com>

I am away.
"""
HUMAN = b"""\
From: kim@customer.example
To: comms@example.com
Subject: Re: It began

Thank you.
"""


def mbox(*mails: bytes) -> bytes:
    """Mails in one file, as most programs keep them."""
    start = b"From MAILER-DAEMON Sun Nov 22 09:20:00 2026\n"
    return b"".join(start + mail.replace(b"\nFrom ", b"\n>From ") + b"\n" for mail in mails)
