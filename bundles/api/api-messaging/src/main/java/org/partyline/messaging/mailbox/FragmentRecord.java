package org.partyline.messaging.mailbox;

import io.soabase.recordbuilder.core.RecordBuilder;

/** A fragment of an incomplete message. */
@RecordBuilder
public record FragmentRecord(
        int index,
        int count,
        int messageId,
        boolean burn,
        long timestamp,
        int ttlMinutes,
        byte[] body,
        String sender,
        int chain,
        long chainOpened,
        int sequence,
        long arrived,
        byte[] packet,
        byte[] transaction,
        String view,
        int signer,
        String locator)
        implements FragmentRecordBuilder.With {
    /** The table of the store. */
    public static final String TABLE = "fragments";

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Fragment";
    }
}
