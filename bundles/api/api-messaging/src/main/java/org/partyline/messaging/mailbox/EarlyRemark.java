package org.partyline.messaging.mailbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * A reaction, an edit or a request to forget that arrived before its message: a block has its transactions in any
 * order. It waits for the message. Each method is part of the caller's transaction.
 *
 * @param id a later one has a higher number
 * @param body of its CONTROL packet, a {@link ControlBody}
 * @param sender its sender's nickname; empty in a session
 * @param session the chain that carried it, as in an {@link Author}
 * @param signer as in an {@link Author}
 * @param time by its sender's clock, in seconds
 * @param position on its sender's chain; -1 if it was on none
 */
public record EarlyRemark(
        long id, int membership, byte[] body, String sender, String session, int signer, long time, int position) {
    /** The table of the store. */
    public static final String TABLE = "early-remarks";

    /** How long it waits: as long as the key of a packet that was skipped is kept (PROTOCOL 5). */
    public static final Duration LIFE = Duration.ofHours(24);

    /** The maximum number in a conversation; the oldest ones are dropped. */
    public static final int MOST = 64;

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "EarlyRemark";
    }

    /** Stores it. */
    public void put(StoreTransaction tx, Instant now) throws StoreException {
        List<EarlyRemark> before = of(tx, membership);
        for (EarlyRemark oldest : before.subList(0, Math.max(0, before.size() - MOST + 1))) {
            tx.delete(TABLE, Keys.of(oldest.id()));
        }
        tx.put(TABLE, Keys.of(id), Keys.of(membership), Cbor.write(this), now.plus(LIFE));
    }

    private static List<EarlyRemark> of(StoreTransaction tx, int membership) throws StoreException {
        return Tables.read(tx.list(TABLE, Keys.of(membership)), EarlyRemark.class).stream()
                .sorted(Comparator.comparingLong(EarlyRemark::id))
                .toList();
    }

    /** Removes and returns those about a message that has arrived, the oldest first. */
    public static List<EarlyRemark> take(StoreTransaction tx, MessageRecord message) throws StoreException {
        List<EarlyRemark> taken = new ArrayList<>();
        for (EarlyRemark remark : of(tx, message.membership())) {
            if (remark.said().target().fits(message.locator())) {
                tx.delete(TABLE, Keys.of(remark.id()));
                taken.add(remark);
            }
        }
        return taken;
    }

    /** The content of its packet. */
    public ControlBody said() {
        return ControlBody.parse(body)
                .orElseThrow(() -> new IllegalStateException("a remark is stored only if it can be read"));
    }
}
