package com.example.extension.loopback;

import java.util.List;
import org.partyline.api.transport.Transport;

/** What is carried by the loopback without being a message of anybody. */
public final class Notices {
    private Notices() {}

    /** Whether a node is a loopback. */
    public static boolean carriedBy(Transport node) {
        return node.type().equals(LoopbackSettings.TYPE);
    }

    /** A transaction with a payload, which nobody pays for. */
    public static byte[] transaction(byte[] payload) {
        return Transactions.of(List.of(payload), 0);
    }
}
