package org.partyline.messaging.mailbox;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.ChangedMessages;

/**
 * A kept message, as it is stored.
 *
 * @param sender nickname; empty
 * @param chain number of the chain it came on, or, of one of ours to a contact, of the chain that was read when it was sealed: of two of ours, the later
 *     chain has the higher number; -1 for a sealed or version-1 message
 * @param chainOpened timestamp of that chain's first packet; its own timestamp where there is no chain
 * @param sequence position of its first packet on the chain; -1 for a chain's opener and where there is no chain
 * @param sent Unix seconds, the sender's
 * @param arrived milliseconds
 * @param expires milliseconds
 * @param block height, or -1
 * @param packets their {@link PacketId}s
 * @param transactions 32 bytes each, display order
 * @param views JSON view of each packet
 * @param notice not someone's words but news of the conversation
 * @param signer who signed it: a contact's number, or one of {@link SignerId}
 * @param locator of its first packet, 16 hex digits; empty for our own before they are sealed, and where there is none
 * @param session the id of the chain that it came by, or that its packet opened, or that ours left by, 16 hex digits; empty: no chain
 * @param annotations what was said about it since
 * @param gap of a notice that says which messages are missing; null: it says something else
 * @param doubt of one of ours: 0, {@link #MAY_BE_UNREAD} or {@link #SENT_AGAIN}
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
        // A builder may have been given none.
        session = session == null ? "" : session;
        annotations = annotations == null ? Annotations.NONE : annotations;
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "Message";
    }

    /** With where it stands now. @param newBlock height, or -1 */
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

    /** After it was sealed: how others name it. @param first of its packets @param chain the id of the chain it is on; empty: none */
    public MessageRecord named(byte[] first, byte[] chain) {
        return with().locator(HexFormat.of().formatHex(first, 1, 1 + Locator.WHOLE))
                .session(HexFormat.of().formatHex(chain))
                .build();
    }

    /** One of ours whose session was replaced before its reader proved to have it. */
    public static final int MAY_BE_UNREAD = 1;
    /** The same, after it was sent again. */
    public static final int SENT_AGAIN = 2;

    /** Whether it waits for its reader: it came from others, and was not shown. */
    public boolean isForReader() {
        return !outgoing && !notice && !shown;
    }

    /** Whether it is a kept message that others can name. Burn messages are shown once and take nothing (PROTOCOL 6.1). */
    public boolean takesAnnotations(long now) {
        return expires > now && !burn && !notice && !locator.isEmpty();
    }
}
