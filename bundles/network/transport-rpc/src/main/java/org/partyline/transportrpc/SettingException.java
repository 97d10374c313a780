package org.partyline.transportrpc;

/** A setting has a value that cannot be: the message has the key, the value and what would be right. */
final class SettingException extends Exception {
    private static final long serialVersionUID = 1L;

    SettingException(String key, Object value, String right) {
        super(key + "=" + RpcException.oneLine(String.valueOf(value)) + " is invalid: " + right);
    }

    SettingException(String message) {
        super(message);
    }
}
