package org.partyline.transportbitcoinj;

import java.util.List;
import org.partyline.api.TxId;
import org.partyline.bitcointx.Header;
import org.partyline.bitcointx.RawBlock;
import org.partyline.bitcointx.TxView;

/** A peer's message, parsed and checked for its format. */
sealed interface PeerMessage {
    /** The peer announced transactions or blocks. */
    record Announced(List<TxId> transactions, List<TxId> blocks) implements PeerMessage {}

    /** A transaction. */
    record Transaction(TxView transaction) implements PeerMessage {}

    /** A block. */
    record Block(RawBlock block) implements PeerMessage {}

    /** A sequence of headers. */
    record Headers(List<Header> headers) implements PeerMessage {}

    /** The peer does not have the requested items. */
    record NotFound(List<TxId> transactions, List<TxId> blocks) implements PeerMessage {}

    /** The peer requests transactions. */
    record Asks(List<TxId> transactions) implements PeerMessage {}

    /** The peer does not accept transactions that pay less. @param satPerKvb for 1,000 virtual bytes */
    record FeeFilter(long satPerKvb) implements PeerMessage {}

    /** The peer rejected a transaction (BIP61; Bitcoin Core has not sent this since 0.20). */
    record Refuses(TxId id, String reason) implements PeerMessage {}
}
