package org.partyline.messaging.mailbox;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.ChangedMessages;

/**
 * A stored message.
 *
 * @param sender nickname; empty
 * @param chain number of the chain on which it arrived or, for one of ours to a contact, of the chain that was being
 *     read when it was sealed, so that later chains have higher numbers; -1 for a sealed or version-1 message
 * @param chainOpened timestamp of that chain's first packet; its own timestamp without a chain
 * @param sequence position of its first packet on the chain; -1 for a chain's opener and without a chain
 * @param sent Unix seconds, by the sender's clock
 * @param arrived milliseconds
 * @param expires milliseconds
 * @param block height, or -1
 * @param packets the ids of its packets ({@link PacketId})
 * @param transactions 32 bytes each, display order
 * @param views JSON view of each packet
 * @param notice whether it is a notice about the conversation
 * @param signer the signer: a contact's number, or one of {@link SignerId}
 * @param locator the locator of its first packet, 16 hex digits; empty for our own before they are sealed, and without
 *     a packet
 * @param session the id of the chain that carried it or that its packet opened, 16 hex digits; empty: no chain
 * @param annotations its replies, reactions and edits
 * @param gap for a notice about missing messages; otherwise null
 * @param doubt for one of ours: 0, {@link #MAY_BE_UNREAD} or {@link #SENT_AGAIN}
 */
@RecordBuilder
public record MessageRecord(
        long id,
        int membership,
        boolean outgoing,
        String sender,
        boolean legacy,
        boolean burn,
        String text,
        int chain,
        long chainOpened,
        int sequence,
        long sent,
        long arrived,
        long expires,
        int block,
        boolean shown,
        List<byte[]> packets,
        List<byte[]> transactions,
        List<String> views,
        boolean notice,
        int signer,
        String locator,
        String session,
        Annotations annotations,
        @Nullable StoredGap gap,
        int doubt)
        implements MessageRecordBuilder.With {
    /** The table of the store. */
    public static final String TABLE = ChangedMessages.TABLE;

    public MessageRecord {
        // A builder may have left it null.
        session = session == null ? "" : session;
        annotations = annotations == null ? Annotations.NONE : annotations;
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Message";
    }

    /** Returns a copy with its present block and transactions. @param newBlock height, or -1 */
    public MessageRecord in(int newBlock, List<byte[]> newTransactions) {
        return with().block(newBlock).transactions(newTransactions).build();
    }

    public MessageRecord expiring(long time) {
        return withExpires(time);
    }

    public MessageRecord asShown() {
        return withShown(true);
    }

    public MessageRecord sealed(int newSequence, long opened, long timestamp, List<byte[]> ids, List<String> newViews) {
        return with().chainOpened(opened)
                .sequence(newSequence)
                .sent(timestamp)
                .packets(ids)
                .views(newViews)
                .build();
    }

    /**
     * Returns a copy with its locator and chain, after it was sealed.
     *
     * @param first the first of its packets
     * @param chain the id of the chain it is on; empty if none
     */
    public MessageRecord named(byte[] first, byte[] chain) {
        return with().locator(HexFormat.of().formatHex(first, 1, 1 + Locator.WHOLE))
                .session(HexFormat.of().formatHex(chain))
                .build();
    }

    /** One of ours whose session was replaced before its reader had proved to have it. */
    public static final int MAY_BE_UNREAD = 1;
    /** The same, after it was sent again. */
    public static final int SENT_AGAIN = 2;

    /** Whether it is unread: it was received, and was not shown. */
    public boolean isForReader() {
        return !outgoing && !notice && !shown;
    }

    /**
     * Whether it is a stored message that others can refer to. Burn messages are shown once and accept no annotations
     * (PROTOCOL 6.1).
     */
    public boolean takesAnnotations(long now) {
        return expires > now && !burn && !notice && !locator.isEmpty();
    }
}
