package org.partyline.transportbitcoinj;

/** A setting has a value that cannot be: the message has the key, the value and what would be right. */
final class SettingException extends Exception {
    private static final long serialVersionUID = 1L;

    SettingException(String key, String value, String right) {
        super(key + "=" + Printable.of(value) + " is invalid: " + right);
    }

    SettingException(String message) {
        super(message);
    }
}
