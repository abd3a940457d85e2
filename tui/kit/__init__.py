"""Parts that screens share: base screens, dialogs, themes, and widgets of two places or more."""
