package org.partyline.messaging.mailbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * The receipts that a contact may be sent for the messages on one of its chains. A receipt covers all earlier messages
 * of its chain, so it names the newest one before the first position that is missing. It names a message once because
 * it arrived, and again because it was shown, with all before it (PROTOCOL 6.1).
 *
 * @param chain number of the chain
 * @param membership the contact's number
 * @param next the first position of which no packet was opened
 * @param beyond later positions whose packets were opened
 * @param arrived messages that a receipt may still name, in the order of their positions
 * @param delivered position of the newest named message; -1 if none
 * @param read position of the newest message that was named again; -1 if none
 */
public record ReceiptRecord(
        int chain, int membership, int next, List<Integer> beyond, List<Arrived> arrived, int delivered, int read) {
    /** The table of the store. */
    public static final String TABLE = "receipts";

    /** Receipts that could not leave within this time are not sent. */
    public static final Duration LIFE = Duration.ofDays(7);

    /**
     * The maximum number of remembered messages of a chain; longer chains do not occur, and further messages would get
     * no receipt.
     */
    private static final int MOST = 1024;

    /**
     * A message that arrived.
     *
     * @param sequence position of its first packet
     * @param locator of its first packet, 16 hex digits
     * @param shown whether it was shown to its reader
     * @param named whether a receipt named it
     */
    public record Arrived(int sequence, String locator, boolean shown, boolean named) {
        private Arrived asNamed() {
            return new Arrived(sequence, locator, shown, true);
        }

        private Arrived asShown() {
            return new Arrived(sequence, locator, true, named);
        }
    }

    public ReceiptRecord {
        beyond = List.copyOf(beyond);
        arrived = List.copyOf(arrived);
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Receipts";
    }

    /** The record of a chain of which no packet was opened. */
    public static ReceiptRecord none(int contact, int chain) {
        return new ReceiptRecord(chain, contact, 0, List.of(), List.of(), -1, -1);
    }

    /** The record of a chain; empty if no packet of it was opened, or its session ended. */
    public static Optional<ReceiptRecord> find(StoreTransaction tx, int chain) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(chain), ReceiptRecord.class);
    }

    /** The records of all chains of a contact. */
    public static List<ReceiptRecord> of(StoreTransaction tx, int contact) throws StoreException {
        return Tables.read(tx.list(TABLE, Keys.of(contact)), ReceiptRecord.class);
    }

    /** Ends the receipts for the messages of a session. */
    public static void drop(StoreTransaction tx, int contact) throws StoreException {
        for (ReceiptRecord record : of(tx, contact)) {
            tx.delete(TABLE, Keys.of(record.chain()));
        }
    }

    /**
     * Stores it while its chain is read, however long nothing arrives, and then until no receipt would be sent any
     * more.
     */
    public void put(StoreTransaction tx, Instant now) throws StoreException {
        Instant expires = tx.contains(ReceiveChainRecord.TABLE, Keys.of(chain)) ? null : now.plus(LIFE);
        tx.put(TABLE, Keys.of(chain), Keys.of(membership), Cbor.write(this), expires);
    }

    /** Called when a chain is no longer read, and its record was deleted. @param chain its number */
    public static void ended(StoreTransaction tx, int chain, Instant now) throws StoreException {
        Optional<ReceiptRecord> found = find(tx, chain);
        if (found.isPresent()) {
            found.get().put(tx, now);
        }
    }

    /** Returns a copy with an opened packet. */
    public ReceiptRecord opened(int position) {
        if (position != next) {
            if (position < next || beyond.size() >= MOST || beyond.contains(position)) {
                return this;
            }
            List<Integer> more = new ArrayList<>(beyond);
            more.add(position);
            return new ReceiptRecord(chain, membership, next, more, arrived, delivered, read);
        }
        TreeSet<Integer> ahead = new TreeSet<>(beyond);
        int first = position + 1;
        while (ahead.remove(first)) {
            first++;
        }
        return new ReceiptRecord(chain, membership, first, List.copyOf(ahead), arrived, delivered, read);
    }

    /** Returns a copy with a complete message. */
    public ReceiptRecord with(MessageRecord message) {
        if (arrived.size() >= MOST
                || message.sequence() < 0
                || message.locator().isEmpty()) {
            return this;
        }
        List<Arrived> more = new ArrayList<>(arrived);
        more.add(new Arrived(message.sequence(), message.locator(), message.shown(), false));
        more.sort((one, other) -> Integer.compare(one.sequence(), other.sequence()));
        return new ReceiptRecord(chain, membership, next, beyond, more, delivered, read);
    }

    /** The message that the next receipt names because it arrived; empty: no receipt is due. */
    public Optional<Arrived> toDeliver() {
        return newest(message -> message.sequence() > delivered && message.sequence() < next);
    }

    /**
     * The message that the next receipt names again because it was shown, with all before it; empty: no receipt is due.
     */
    public Optional<Arrived> toRead() {
        int unseen = arrived.stream()
                .filter(message -> !message.shown())
                .mapToInt(Arrived::sequence)
                .findFirst()
                .orElse(Integer.MAX_VALUE);
        return newest(message -> message.named() && message.sequence() > read && message.sequence() < unseen);
    }

    /** Whether a message arrived that was not shown. */
    public boolean hasUnseen() {
        return arrived.stream().anyMatch(message -> !message.shown());
    }

    private Optional<Arrived> newest(Predicate<Arrived> which) {
        return arrived.stream().filter(which).reduce((older, newer) -> newer);
    }

    /** Whether it has a message with this locator that no receipt has named. */
    public boolean awaitsFirst(String locator) {
        return arrived.stream().anyMatch(message -> message.locator().equals(locator) && !message.named());
    }

    /** Records that a message is shown. @return whether a receipt may say so */
    public static boolean shown(StoreTransaction tx, MessageRecord message, Instant now) throws StoreException {
        Optional<ReceiptRecord> found = message.chain() < 0 ? Optional.empty() : find(tx, message.chain());
        if (found.isEmpty()) {
            return false;
        }
        ReceiptRecord after = found.get().change(message.locator(), Arrived::asShown);
        if (after.equals(found.get())) {
            return false;
        }
        after.put(tx, now);
        return true;
    }

    private ReceiptRecord change(String locator, UnaryOperator<Arrived> how) {
        List<Arrived> all = arrived.stream()
                .map(message -> message.locator().equals(locator) ? how.apply(message) : message)
                .toList();
        return new ReceiptRecord(chain, membership, next, beyond, all, delivered, read);
    }

    /**
     * The record of the contact's chain that carried a message; empty if unknown.
     *
     * @param locator 16 hex digits
     */
    public static Optional<ReceiptRecord> naming(StoreTransaction tx, int contact, String locator)
            throws StoreException {
        return of(tx, contact).stream()
                .filter(record -> record.arrived.stream()
                        .anyMatch(message -> message.locator().equals(locator)))
                .findFirst();
    }

    /** After a receipt that names a message was sealed: it counts as sent. @param locator 16 hex digits */
    public ReceiptRecord sealed(String locator) {
        Optional<Arrived> named = newest(message -> message.locator().equals(locator));
        if (named.isEmpty()) {
            return this;
        }
        int position = named.get().sequence();
        List<Arrived> after = change(locator, Arrived::asNamed).arrived;
        return named.get().named()
                ? new ReceiptRecord(chain, membership, next, beyond, after, delivered, Math.max(read, position))
                : new ReceiptRecord(chain, membership, next, beyond, after, Math.max(delivered, position), read);
    }

    /** Without the messages that no receipt will name. @param reads whether receipts report that messages were shown */
    public ReceiptRecord pruned(boolean reads) {
        int done = reads ? read : delivered;
        // Messages that were not shown stay: a receipt for a later one would include them.
        List<Arrived> left = arrived.stream()
                .filter(message -> message.sequence() > done || !message.shown())
                .toList();
        return new ReceiptRecord(chain, membership, next, beyond, left, delivered, read);
    }
}
