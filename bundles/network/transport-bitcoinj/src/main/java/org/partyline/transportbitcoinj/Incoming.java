package org.partyline.transportbitcoinj;

import java.util.List;
import org.partyline.api.TxId;
import org.partyline.bitcointx.Header;
import org.partyline.bitcointx.RawBlock;
import org.partyline.bitcointx.TxView;

/** A peer's message, parsed and checked for its format. */
sealed interface Incoming {
    /** The peer announced transactions or blocks. */
    record Announced(List<TxId> transactions, List<TxId> blocks) implements Incoming {}

    /** A transaction. */
    record Transaction(TxView transaction) implements Incoming {}

    /** A block. */
    record Block(RawBlock block) implements Incoming {}

    /** A sequence of headers. */
    record Headers(List<Header> headers) implements Incoming {}

    /** The peer does not have the requested items. */
    record NotFound(List<TxId> transactions, List<TxId> blocks) implements Incoming {}

    /** The peer requests transactions. */
    record Asks(List<TxId> transactions) implements Incoming {}

    /** The peer does not accept transactions that pay less. @param satPerKvb for 1,000 virtual bytes */
    record FeeFilter(long satPerKvb) implements Incoming {}

    /** The peer rejected a transaction (BIP61; Bitcoin Core has not sent this since 0.20). */
    record Refuses(TxId id, String reason) implements Incoming {}
}
