"""Mail (邮件) by SMTP: links to sign in and letters of service. One connection a letter, always encrypted."""
