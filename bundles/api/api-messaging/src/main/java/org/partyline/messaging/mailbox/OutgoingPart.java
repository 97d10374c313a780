package org.partyline.messaging.mailbox;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.SignedTransaction;

/**
 * One packet of an outgoing message.
 *
 * @param state SEALED, SENT, RELAYED, CONFIRMED, or REPLACED: its transaction was replaced
 * @param attempted set before the transaction is handed to a node for the first time
 * @param raw the signed transaction; null before
 * @param transaction its id; null before
 * @param wallet the wallet that signed; empty
 * @param account the wallet account that paid; empty: the first one
 * @param node the node that it was sent through; empty
 * @param tried when it was last handed to a node, in milliseconds
 * @param leaves the earliest time at which it may leave, in milliseconds; 0 before that was drawn
 * @param earlier ids of its other transactions, including one that recalled it: each of them may have been mined
 * @param carrier the transaction that the signed one, which is empty, is to replace; null: the signed one carries the
 *     packet
 * @param left when a node first had it, or may have had it before its transaction was forgotten, in milliseconds; 0 for
 *     never
 * @param recalls ids of those earlier transactions that carried nothing: it was mined before they could recall it, or
 *     they were too cheap
 */
@RecordBuilder
public record OutgoingPart(
        byte[] packet,
        State state,
        boolean attempted,
        byte @Nullable [] raw,
        byte @Nullable [] transaction,
        int vsize,
        long fee,
        String wallet,
        String account,
        String node,
        long tried,
        long leaves,
        List<byte[]> earlier,
        @Nullable Signed carrier,
        long left,
        List<byte[]> recalls)
        implements OutgoingPartBuilder.With {
    public OutgoingPart {
        account = account == null ? "" : account;
        earlier = earlier == null ? List.of() : List.copyOf(earlier);
        recalls = recalls == null ? List.of() : List.copyOf(recalls);
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "OutgoingPart";
    }

    public static OutgoingPart of(byte[] packet) {
        return new OutgoingPart(
                packet, State.SEALED, false, null, null, 0, 0, "", "", "", 0, 0, List.of(), null, 0, List.of());
    }

    public OutgoingPart signed(
            byte[] newRaw, byte[] id, int newVsize, long newFee, String newWallet, String newAccount) {
        return signed(newRaw, id, newVsize, newFee, newWallet, newAccount, null);
    }

    private OutgoingPart signed(
            byte[] newRaw,
            byte[] id,
            int newVsize,
            long newFee,
            String newWallet,
            String newAccount,
            @Nullable Signed newCarrier) {
        return with().attempted(false)
                .raw(newRaw)
                .transaction(id)
                .vsize(newVsize)
                .fee(newFee)
                .wallet(newWallet)
                .account(newAccount)
                .earlier(carriers())
                .carrier(newCarrier)
                .build();
    }

    /** Returns a copy with another price. @param more satoshi; negative: less */
    OutgoingPart costing(long more) {
        return withFee(fee + more);
    }

    /**
     * Returns a copy with an empty transaction that is to replace the one that carries it, and an earlier empty one
     * that was too cheap.
     */
    public OutgoingPart emptied(SignedTransaction nothing, String newWallet) {
        return signed(
                        nothing.raw(),
                        nothing.id().bytes(),
                        nothing.vsize(),
                        nothing.fee(),
                        newWallet,
                        account,
                        carrier == null ? new Signed(requireRaw(), requireTransaction(), vsize, fee) : carrier)
                .withRecalls(carrier == null ? recalls : recalledBy(requireTransaction()));
    }

    /** The signed transaction. @throws IllegalStateException before there is one */
    public byte[] requireRaw() {
        if (raw == null) {
            throw new IllegalStateException("the packet's transaction is not signed");
        }
        return raw;
    }

    /** The id of the signed transaction. @throws IllegalStateException before there is one */
    public byte[] requireTransaction() {
        if (transaction == null) {
            throw new IllegalStateException("the packet's transaction is not signed");
        }
        return transaction;
    }

    /** The ids of its transactions so far, including one that recalls it: only one of them can be mined. */
    private List<byte[]> carriers() {
        if (transaction == null) {
            return earlier;
        }
        List<byte[]> all = new ArrayList<>(earlier);
        all.add(transaction);
        return all;
    }

    /** The ids of its earlier transactions that carried it. */
    public List<byte[]> earlierCarriers() {
        return earlier.stream()
                .filter(id -> recalls.stream().noneMatch(recall -> Arrays.equals(recall, id)))
                .toList();
    }

    /** Whether a transaction carries it, or carried it. */
    public boolean rodeIn(byte[] id) {
        return Arrays.equals(transaction, id) || earlier.stream().anyMatch(one -> Arrays.equals(one, id));
    }

    /** Whether its signed transaction spends an output of another one. @param id the other one's id */
    public boolean spends(byte[] id) {
        return raw != null && spends(raw, id);
    }

    /** Whether a transaction spends an output of another one. @param id the other one's id */
    public static boolean spends(byte[] raw, byte[] id) {
        String internal = new StringBuilder(new String(id, StandardCharsets.ISO_8859_1))
                .reverse()
                .toString();
        return new String(raw, StandardCharsets.ISO_8859_1).contains(internal);
    }

    /** Whether nodes have accepted it, or may have, although it may be about to move to another transaction. */
    public boolean isOut() {
        return state != State.SEALED || left != 0;
    }

    /** Whether nodes had it, or may have had it, in a transaction that cannot be mined: it must be sent in another one. */
    public boolean ridesAgain() {
        return state == State.SEALED && raw == null && left != 0;
    }

    /**
     * The state after an event.
     *
     * @param event not {@link PacketEvent#MINED}, which has a transaction
     */
    public OutgoingPart on(PacketEvent event) {
        State after = Delivery.packet(state, event);
        boolean gone = event == PacketEvent.TRANSACTION_GONE || event == PacketEvent.SUPERSEDED;
        return gone && after == State.SEALED ? unsigned() : after == state ? this : in(after);
    }

    /**
     * Prepares this part for another transaction. The price of the old one is kept, although one that no node showed
     * may never have been sent. If messages share the transaction, the ledger corrects the price.
     */
    private OutgoingPart unsigned() {
        return with().state(State.SEALED)
                .attempted(false)
                .raw(null)
                .transaction(null)
                .vsize(0)
                .wallet("")
                .account("")
                .node("")
                .tried(0)
                .earlier(carriers())
                .carrier(null)
                .build();
    }

    /** After nodes were asked, and only those that received it from us have it: it may be sealed again. */
    public OutgoingPart unseen() {
        return state == State.SENT ? withLeft(0) : this;
    }

    /**
     * Before its transaction is replaced or forgotten: if a node was handed it and did not clearly reject it, readers
     * may have seen the packet, so its message must not be sealed again.
     */
    public OutgoingPart uncertain() {
        return attempted && state == State.SEALED && left == 0 ? withLeft(Math.max(1, tried)) : this;
    }

    /** After a node rejected its transaction, which was handed to no other one without a clear answer. */
    public OutgoingPart refused() {
        return state == State.SEALED ? withAttempted(false) : this;
    }

    /** After its own transaction was withdrawn before any peer had it: it will not be mined or paid. */
    public OutgoingPart notSent() {
        return on(PacketEvent.TRANSACTION_GONE).costing(-fee);
    }

    public OutgoingPart attempt(String newNode, long now) {
        return with().attempted(true).node(newNode).tried(now).build();
    }

    private OutgoingPart in(State newState) {
        return with().state(newState)
                .left(left == 0 && newState != State.SEALED ? Math.max(1, tried) : left)
                .build();
    }

    public OutgoingPart leaving(long time) {
        return withLeaves(time);
    }

    /**
     * After {@link PacketEvent#MINED}: a replacement of its transaction is no longer needed.
     *
     * @param id the mined transaction, one of those that carried it
     */
    public OutgoingPart minedIn(byte[] id) {
        OutgoingPart mined = carrier == null
                ? this
                : with().attempted(true)
                        .raw(carrier.raw())
                        .vsize(carrier.vsize())
                        .fee(carrier.fee())
                        .carrier(null)
                        .recalls(recalledBy(requireTransaction()))
                        .build();
        return mined.with()
                .state(Delivery.packet(state, PacketEvent.MINED))
                .transaction(id)
                .earlier(carriers().stream()
                        .filter(other -> !Arrays.equals(other, id))
                        .toList())
                .left(left == 0 ? Math.max(1, tried) : left)
                .build();
    }

    private List<byte[]> recalledBy(byte[] id) {
        List<byte[]> all = new ArrayList<>(recalls);
        all.add(id);
        return all;
    }

    /** A signed transaction. */
    public record Signed(byte[] raw, byte[] transaction, int vsize, long fee) {
        /** Does not show the contents. */
        @Override
        public String toString() {
            return "Signed";
        }
    }
}
