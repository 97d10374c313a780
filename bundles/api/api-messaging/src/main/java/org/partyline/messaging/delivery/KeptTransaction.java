package org.partyline.messaging.delivery;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.TxId;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.messaging.conversation.PersonaRecord;

/**
 * A transaction that was signed for a carrier's record. It is kept here so that its coins stay reserved while the
 * carrier is unavailable.
 *
 * @param carrier its id
 * @param key the key of the carrier's record
 * @param persona the persona whose account pays
 * @param replaced the previous raw transaction, whose change is held until a node has this one; null if none
 * @param sent whether a node has it
 * @param packets the packets that it carries
 * @param spendable whether its change may be spent elsewhere: it will not be replaced any more
 */
public record KeptTransaction(
        String carrier,
        byte[] key,
        int persona,
        int network,
        String wallet,
        byte[] raw,
        byte[] transaction,
        int vsize,
        long fee,
        byte @Nullable [] replaced,
        boolean sent,
        List<Cargo> packets,
        boolean spendable) {
    /** A packet of the transaction. */
    public record Cargo(long message, int index) {
        public PacketRef ref() {
            return new PacketRef(message, index);
        }
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "KeptTransaction";
    }

    public SignedTransaction signed() {
        return new SignedTransaction(TxId.ofBytes(transaction), raw, vsize, fee);
    }

    public String account() {
        return new PersonaRecord(persona, "", false).account();
    }

    boolean has(byte[] record) {
        return Arrays.equals(key, record);
    }

    private KeptTransaction with(
            byte[] newKey,
            byte @Nullable [] newReplaced,
            boolean newSent,
            List<Cargo> newPackets,
            boolean newSpendable) {
        return new KeptTransaction(
                carrier,
                newKey,
                persona,
                network,
                wallet,
                raw,
                transaction,
                vsize,
                fee,
                newReplaced,
                newSent,
                newPackets,
                newSpendable);
    }

    /** After a node accepted it. */
    public KeptTransaction handed() {
        return with(key, null, true, packets, spendable);
    }

    /** Once its change may be spent. */
    public KeptTransaction letGo() {
        return with(key, replaced, sent, packets, true);
    }

    public KeptTransaction movedTo(byte[] newKey) {
        return with(newKey, replaced, sent, packets, spendable);
    }

    /** Returns a copy with the packets of one message assigned to another. */
    KeptTransaction renamed(long message, long other) {
        return with(
                key,
                replaced,
                sent,
                packets.stream()
                        .map(packet -> packet.message() == message ? new Cargo(other, packet.index()) : packet)
                        .toList(),
                spendable);
    }
}
