package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Packets that open a chain, or that are alone: found by a beacon, opened after a key derivation (PROTOCOL 4). */
final class SealedPackets {
    /** Days around that of a packet whose beacon still knows it, and one to spare. */
    private static final Duration SEEN = Duration.ofDays(4);

    private static final Logger LOG = LoggerFactory.getLogger(SealedPackets.class);

    private final Core core;
    private final Inbox inbox;
    private final PacketOpener opener;
    private final Signers signers;

    SealedPackets(Core core, Inbox inbox, PacketOpener opener, Signers signers) {
        this.core = core;
        this.inbox = inbox;
        this.opener = opener;
        this.signers = signers;
    }

    /**
     * Until when a locator that came is remembered: for as long as its day's root may be kept, so that it opens nothing twice. A
     * server that was away reads the block of a packet that it met in the mempool before.
     */
    static Instant seenUntil(Core core, Instant came) {
        Instant now = core.now();
        return (came.isAfter(now) ? came : now)
                .plus(core.settings.get().catchUp())
                .plus(SEEN);
    }

    /** Opens what a member of a channel made. */
    Verdict open(Memory memory, Beacon beacon, Candidate candidate, PacketId id) throws StoreException {
        byte[] locator = PacketOpener.locator(candidate, Packets.SEALED_LOCATOR);
        List<Member> readers = core.store.transact(tx -> {
            List<Member> fresh = new ArrayList<>();
            for (int number : beacon.members) {
                if (!tx.contains(Records.SEEN, Records.key(number, locator))) {
                    fresh.add(memory.member(number));
                }
            }
            return fresh;
        });
        if (readers.isEmpty()) {
            return Verdict.OPENED;
        }
        KdfParameters parameters = readers.get(0).entry.parameters();
        Optional<KeyDerivation> kdf = core.suites.derivation(parameters.id());
        if (kdf.isEmpty()) {
            return Verdict.PARKED;
        }
        SecretBytes derived;
        try {
            derived = core.channelKeys.sealedSecret(kdf.get(), parameters, beacon.root, locator);
        } catch (IllegalArgumentException e) {
            LOG.warn("a packet waits for more memory: {}", e.getMessage());
            return Verdict.PARKED;
        }
        try (SecretBytes secret = derived) {
            PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, candidate.onNetwork());
            PacketOpener.Attempt attempt = opener.open(candidate, key, opener.everySuite());
            if (attempt.opened() == null) {
                // With a member's locator and no suite left to try it is a copy: not worth another key derivation.
                return Verdict.ofOurs(attempt);
            }
            for (Member member : readers) {
                accept(memory, member, beacon, candidate, id, key, attempt.opened());
            }
            return Verdict.OPENED;
        }
    }

    private void accept(
            Memory memory,
            Member member,
            Beacon beacon,
            Candidate candidate,
            PacketId id,
            PacketKey key,
            OpenedPacket opened)
            throws StoreException {
        byte[] locator = key.locator();
        Content content = opened.content();
        String nickname = content.newChain().map(NewChain::nickname).orElse("");
        String view = opener.view(member, opened, Optional.empty(), OptionalInt.empty(), locator);
        Inbox.Source source = new Inbox.Source(
                member,
                candidate,
                id,
                nickname,
                -1,
                content.timestamp(),
                -1,
                view,
                signers.of(memory, member, opened, key));
        ReceiveChain chain = null;
        byte[] session = null;
        if (content.newChain().isPresent()) {
            try (SecretBytes first = core.channelKeys.advance(beacon.root, 0);
                    SecretBytes chainKey = core.chains.channelChainKey(
                            content.newChain().get().seed(), first, candidate.onNetwork())) {
                session = core.chains.sessionId(chainKey);
                chain = core.chains.receive(chainKey, Instant.ofEpochSecond(content.timestamp()));
            }
        }
        ReceiveChain started = chain;
        byte[] name = session;
        record Kept(Optional<Records.Message> message, Records.Incoming incoming) {}
        Kept kept;
        try {
            kept = core.store.transact(tx -> {
                tx.put(
                        Records.SEEN,
                        Records.key(member.id(), locator),
                        Records.ALL,
                        new byte[] {1},
                        seenUntil(core, candidate.reference()));
                tx.delete(Records.UNMATCHED, id.hash());
                tx.delete(Records.PARKED, id.hash());
                Records.Incoming incoming = null;
                if (started != null) {
                    if (!SeenChains.opens(tx, member.id(), beacon.day, name)) {
                        return new Kept(Optional.empty(), null);
                    }
                    incoming = new Records.Incoming(
                            (int) Core.next(tx, "chain"),
                            member.id(),
                            Records.Kind.CHANNEL,
                            name,
                            opened.suite().code(),
                            nickname,
                            content.timestamp(),
                            null,
                            null,
                            0);
                    ChainPackets.putChain(tx, incoming, started);
                }
                return new Kept(inbox.accept(tx, source, content).message(), incoming);
            });
        } catch (StoreException e) {
            if (started != null) {
                started.close();
            }
            throw e;
        }
        if (started != null && kept.incoming() == null) {
            started.close();
            core.audit("chain-replayed", "a member opened a chain that was opened before: nothing of it is shown");
            return;
        }
        inbox.arrived(memory, source, kept.message());
        if (kept.incoming() != null) {
            core.events.startLine(kept.incoming().number(), 0);
            memory.follow(new Track(kept.incoming(), started));
        }
    }
}
