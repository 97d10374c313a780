package org.partyline.receive;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.partyline.api.SecretBytes;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.recognition.ChainTable;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.recognition.UsedPositionRecord;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.StateGuard;

/** Recognises packets on chains: their keys are known in advance, and each opens one packet (PROTOCOL 5). */
public final class ChainPackets implements Receiver {
    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final Clock clock;
    private final Inbox inbox;
    private final PacketOpener opener;
    private final Signers signers;
    private final SessionContents sessions;

    ChainPackets(
            StateGuard guard,
            Recognition recognition,
            Clock clock,
            Inbox inbox,
            PacketOpener opener,
            Signers signers,
            SessionContents sessions) {
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.clock = clock;
        this.inbox = inbox;
        this.opener = opener;
        this.signers = signers;
        this.sessions = sessions;
    }

    @Override
    public RecognitionResult open(IncomingPayload packet) throws StoreException {
        if (!packet.isPacket()) {
            return RecognitionResult.STRANGER;
        }
        Candidate candidate = packet.candidate();
        List<int[]> expected = new ArrayList<>(1);
        recognition.chains.lookUp(
                Packets.hint(candidate.payload()), (chain, position) -> expected.add(new int[] {chain, position}));
        if (expected.isEmpty()) {
            return displaced(candidate, packet.id());
        }
        RecognitionResult result = RecognitionResult.STRANGER;
        for (int[] match : expected) {
            ReceiveChainState chain = recognition.chains.find(match[0]);
            Conversation conversation = chain == null ? null : people.conversations.find(chain.entry.membership());
            if (chain != null && conversation != null && conversation.network().code() == candidate.network()) {
                result = result.or(open(conversation, chain, match[1], candidate, packet.id()));
            }
        }
        return result;
    }

    /**
     * Handles a packet at a used position. Every member of a channel can take the next positions of another's chain,
     * and only the first packet counts (PROTOCOL 5). If a contact has signed the other one, its loss is reported.
     */
    private RecognitionResult displaced(Candidate candidate, PacketId id) throws StoreException {
        ChainTable.Used used = recognition.chains.used(Packets.hint(candidate.payload()));
        ReceiveChainState chain = used == null ? null : recognition.chains.find(used.chain());
        Conversation conversation = chain == null ? null : people.conversations.find(chain.entry.membership());
        if (used == null || chain == null || conversation == null) {
            return RecognitionResult.STRANGER;
        }
        PacketKey key = new PacketKey(
                used.secret(), PacketOpener.label(chain), PacketOpener.locator(candidate, 8), candidate.onNetwork());
        OpenedPacket opened = opener.open(candidate, key, opener.suites(chain)).opened();
        int signer = opened == null ? SignerId.NOBODY : signers.of(conversation, opened, key);
        Conversation author = signer <= SignerId.NOBODY ? null : people.conversations.contact(signer);
        if (author == null || signer == used.signer()) {
            return RecognitionResult.STRANGER;
        }
        String text =
                "a message that " + author.name() + " signed is not shown, because a member of the channel used its "
                        + "key first: ask " + author.name() + " to send it again";
        MessageRecord notice = guard.transact(tx -> {
            UsedPositionRecord.forget(tx, conversation.id(), used.chain());
            return inbox.notice(tx, conversation, text);
        });
        // One is enough, however many packets the message has.
        recognition.chains.forgetUsed(used.chain());
        Inbox.Source source = new Inbox.Source(conversation, candidate, id, "", -1, 0, -1, "", SignerId.NOBODY, "");
        inbox.arrived(source, Optional.of(notice));
        return RecognitionResult.OPENED;
    }

    /** Opens a packet at a position of a chain, and advances the chain. */
    private RecognitionResult open(
            Conversation conversation, ReceiveChainState chain, int position, Candidate candidate, PacketId id)
            throws StoreException {
        SecretBytes secret;
        try {
            secret = chain.chain.secret(position);
        } catch (NoSuchElementException e) {
            return RecognitionResult.STRANGER;
        }
        try (secret) {
            PacketKey key = new PacketKey(
                    secret, PacketOpener.label(chain), PacketOpener.locator(candidate, 8), candidate.onNetwork());
            PacketOpener.Attempt attempt = opener.open(candidate, key, opener.suites(chain));
            if (attempt.opened() == null) {
                return RecognitionResult.of(attempt);
            }
            ReceiveChainRecord entry = chain.entry;
            if (entry.kind() == ChainKind.ANSWERED) {
                return otherAnswer(
                        (ContactConversation) conversation,
                        chain,
                        position,
                        candidate,
                        attempt.opened().content());
            }
            if (entry.kind() == ChainKind.REPLY && entry.isAnsweredBy(id.hash())) {
                return RecognitionResult.OPENED;
            }
            if (entry.kind() == ChainKind.REPLY
                    && !sessions.isAnswer(
                            (ContactConversation) conversation,
                            chain,
                            attempt.opened().content())) {
                return RecognitionResult.FORGED;
            }
            use(conversation, chain, position, candidate, id, key, attempt.opened());
            return RecognitionResult.OPENED;
        }
    }

    /**
     * Handles a packet at the position of our answer to a handshake: ours, that of a copy of this server, or one to
     * ignore.
     */
    private RecognitionResult otherAnswer(
            ContactConversation contact, ReceiveChainState chain, int position, Candidate candidate, Content content)
            throws StoreException {
        PacketId id = candidate.id();
        boolean own = chain.entry.isAnsweredBy(id.hash()) || recognition.packets.sent(id) != null;
        if (own || content.type() != PacketType.HANDSHAKE_RESP) {
            return RecognitionResult.STRANGER;
        }
        List<long[]> added = new ArrayList<>();
        ReceiveChain moved = chain.chain.copy();
        moved.use(position, clock.instant(), (at, hint) -> added.add(new long[] {at, hint}), (at, hint) -> {});
        try (AfterCommit after = new AfterCommit()) {
            after.then(() -> moved(chain, candidate, position, moved, added, List.of()));
            try {
                guard.update(tx -> {
                    ReceiveChains.putChain(tx, chain.entry, moved);
                    sessions.answeredByCopy(tx, after, contact, chain);
                });
            } catch (StoreException | RuntimeException e) {
                moved.close();
                throw e;
            }
            after.commit();
        }
        // Another persona of this server may be waiting for it.
        return RecognitionResult.STRANGER;
    }

    private void use(
            Conversation conversation,
            ReceiveChainState chain,
            int position,
            Candidate candidate,
            PacketId id,
            PacketKey key,
            OpenedPacket opened)
            throws StoreException {
        ReceiveChainRecord entry = chain.entry;
        List<long[]> added = new ArrayList<>();
        List<long[]> dropped = new ArrayList<>();
        ReceiveChain moved = chain.chain.copy();
        List<SecretBytes> salts = salts(moved, position, opened.content());
        // The answer's position stays known: a different answer there shows that two servers answered.
        if (entry.kind() != ChainKind.REPLY) {
            moved.use(
                    position,
                    clock.instant(),
                    (at, hint) -> added.add(new long[] {at, hint}),
                    (at, hint) -> dropped.add(new long[] {at, hint}));
        }
        String view = conversation instanceof ChannelMembership member
                ? opener.view(
                        member, opened, Optional.of(entry.session()), OptionalInt.of(position), member.entry.salt())
                : opener.view(opened, Optional.of(entry.session()), OptionalInt.of(position));
        Inbox.Source source = new Inbox.Source(
                conversation,
                candidate,
                id,
                entry.nickname(),
                entry.number(),
                entry.opened(),
                position,
                view,
                signers.of(conversation, opened, key),
                HexFormat.of().formatHex(entry.session()));
        Inbox.Arrival came;
        try (AfterCommit after = new AfterCommit()) {
            // The session's step comes after the chain's own step.
            after.then(() -> moved(chain, candidate, position, moved, added, dropped));
            long hint = Packets.hint(candidate.payload());
            ChainTable.Used used =
                    new ChainTable.Used(entry.number(), chain.chain.started(), key.secret(), source.signer());
            if (entry.kind() == ChainKind.CHANNEL) {
                after.then(() -> recognition.chains.use(hint, used.copy()));
            }
            try {
                // The key's use and the opened content are one transaction: after a crash both happened, or neither.
                came = guard.transact(tx -> {
                    ReceiveChains.putChain(tx, entry, moved);
                    if (entry.kind() == ChainKind.CHANNEL) {
                        UsedPositionRecord.put(tx, conversation.id(), hint, used);
                    }
                    tx.delete(HeldPackets.UNMATCHED, id.hash());
                    tx.delete(HeldPackets.PARKED, id.hash());
                    Inbox.Arrival arrival = inbox.accept(tx, source, opened.content());
                    if (position < chain.chain.highest() || !dropped.isEmpty()) {
                        inbox.gaps(tx, after, entry, skipped(moved, position, dropped));
                    }
                    if (conversation instanceof ContactConversation contact) {
                        sessions.arrived(
                                tx,
                                after,
                                contact,
                                chain,
                                source,
                                arrival,
                                opened.content().timestamp(),
                                salts);
                    }
                    return arrival;
                });
            } catch (StoreException | RuntimeException e) {
                moved.close();
                throw e;
            }
            after.commit();
        } finally {
            salts.forEach(SecretBytes::close);
        }
        inbox.arrived(source, came);
    }

    /**
     * A position whose packet arrived after later ones is no longer missing; one that was dropped for lack of space is.
     */
    private static Inbox.Skipped skipped(ReceiveChain chain, int arrived, List<long[]> dropped) {
        Set<Integer> expected = new HashSet<>();
        chain.forEachSkipped(Instant.MAX, (at, hint) -> expected.add(at));
        return new Inbox.Skipped(
                dropped.stream().map(gone -> (int) gone[0]).collect(Collectors.toSet()), Set.of(arrived), expected);
    }

    /**
     * Returns the secrets that a KEY_UPDATE may need: that of its position and those of the positions skipped before
     * it, nearest first, since it may repeat a key that was lost there. Empty for any other packet.
     */
    private static List<SecretBytes> salts(ReceiveChain chain, int position, Content content) {
        if (content.type() != PacketType.KEY_UPDATE) {
            return List.of();
        }
        List<Integer> skipped = new ArrayList<>();
        chain.forEachExpected((at, hint) -> {
            if (at < position) {
                skipped.add(at);
            }
        });
        skipped.sort(Comparator.reverseOrder());
        List<SecretBytes> salts = new ArrayList<>(List.of(chain.rekeySalt(position)));
        skipped.stream().limit(KeyUpdates.MOST_COPIES - 1L).forEach(at -> salts.add(chain.rekeySalt(at)));
        return salts;
    }

    private void moved(
            ReceiveChainState chain,
            Candidate candidate,
            int position,
            ReceiveChain next,
            List<long[]> added,
            List<long[]> dropped) {
        int number = chain.entry.number();
        if (chain.entry.kind() != ChainKind.REPLY) {
            recognition.chains.unexpect(number, position, Packets.hint(candidate.payload()));
        }
        for (long[] gone : dropped) {
            recognition.chains.unexpect(number, (int) gone[0], gone[1]);
        }
        recognition.chains.put(new ReceiveChainState(chain.entry, next));
        for (long[] expected : added) {
            recognition.chains.expect(number, (int) expected[0], expected[1]);
        }
    }
}
