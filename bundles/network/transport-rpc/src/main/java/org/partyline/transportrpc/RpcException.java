package org.partyline.transportrpc;

/** A node answered a call with an error: a code of Bitcoin Core's {@code rpc/protocol.h} and a text. */
final class RpcException extends Exception {
    private static final long serialVersionUID = 1L;

    static final int MISC = -1;
    static final int WALLET = -4;
    static final int NOT_FOUND = -5;
    static final int INSUFFICIENT_FUNDS = -6;
    static final int INVALID_PARAMETER = -8;
    static final int WALLET_LOCKED = -13;
    static final int WALLET_NOT_FOUND = -18;
    static final int VERIFY = -25;
    static final int REJECTED = -26;
    static final int ALREADY_IN_CHAIN = -27;
    static final int WARMING_UP = -28;
    static final int ALREADY_LOADED = -35;
    static final int METHOD_NOT_FOUND = -32601;

    private static final int MAX_TEXT = 300;

    private final int code;

    RpcException(int code, String message) {
        super(oneLine(message));
        this.code = code;
    }

    int code() {
        return code;
    }

    /** A stranger's text as one printable line of at most 300 characters. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        boolean gap = false;
        for (int i = 0; i < text.length() && line.length() < MAX_TEXT; i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.isWhitespace(c) || c == '\u2028' || c == '\u2029') {
                gap = line.length() > 0;
            } else {
                if (gap) {
                    line.append(' ');
                    gap = false;
                }
                line.append(c);
            }
        }
        return line.toString();
    }
}
