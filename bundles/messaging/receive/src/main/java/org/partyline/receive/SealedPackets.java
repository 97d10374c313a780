package org.partyline.receive;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.SecretBytes;
import org.partyline.api.VisibleText;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.recognition.SealedSecrets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Recognises packets that open a chain or stand alone: found by a beacon, opened once their key is derived (PROTOCOL
 * 4).
 */
public final class SealedPackets implements Receiver {
    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final Chains chains;
    private final Notices notices;
    private final Inbox inbox;
    private final PacketOpener opener;
    private final Signers signers;
    private final Derivations derivations;

    public SealedPackets(
            StateGuard guard,
            Recognition recognition,
            Chains chains,
            Notices notices,
            Inbox inbox,
            PacketOpener opener,
            Signers signers,
            Derivations derivations) {
        this.derivations = derivations;
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.chains = chains;
        this.notices = notices;
        this.inbox = inbox;
        this.opener = opener;
        this.signers = signers;
    }

    @Override
    public RecognitionResult open(IncomingPayload packet) throws StoreException {
        Beacon beacon = packet.beacon();
        return beacon == null
                        || beacon.contactInbox != null
                        || Math.abs(beacon.day - packet.candidate().day()) > 1
                ? RecognitionResult.STRANGER
                : open(beacon, packet.candidate(), packet.id());
    }

    /** Opens a packet of a channel member as soon as its key is available. */
    private RecognitionResult open(Beacon beacon, Candidate candidate, PacketId id) throws StoreException {
        byte[] locator = PacketOpener.locator(candidate, Packets.SEALED_LOCATOR);
        SealedSecrets.Entry entry = recognition.secrets.find(beacon, locator);
        if (entry == null) {
            List<ChannelMembership> readers = readers(beacon, locator);
            if (readers.isEmpty()) {
                // Our own packet is stored for a persona of this server that joins later: nobody here has read it.
                return recognition.packets.sent(id) != null && isUnread(beacon, locator)
                        ? RecognitionResult.STRANGER
                        : RecognitionResult.OPENED;
            }
            ChannelMembership first = readers.get(0);
            KdfParameters parameters = first.entry.parameters();
            if (!derivations.isHere(parameters) || recognition.secrets.isFull()) {
                return RecognitionResult.PARKED;
            }
            entry = recognition.secrets.want(beacon, first.id(), parameters, locator);
            derivations.begin();
        }
        if (entry.secret() == null) {
            recognition.secrets.add(entry, id, candidate);
            return RecognitionResult.DERIVING;
        }
        PacketKey key = new PacketKey(entry.secret(), PacketLabel.SEALED, locator, candidate.onNetwork());
        PacketOpener.Attempt attempt = opener.openByAny(candidate, key);
        if (attempt.opened() == null) {
            // With a member's locator and no suite left to try, it is a copy. The true one may still come.
            return RecognitionResult.ofOurs(attempt);
        }
        for (ChannelMembership member : readers(beacon, locator)) {
            accept(member, beacon, candidate, id, key, attempt.opened());
        }
        recognition.secrets.remove(entry);
        return RecognitionResult.OPENED;
    }

    /**
     * Returns whether none of those who share the beacon has read a packet with this locator; its own maker does not
     * read it.
     */
    private boolean isUnread(Beacon beacon, byte[] locator) throws StoreException {
        return guard.transact(tx -> {
            for (int number : beacon.members) {
                Optional<byte[]> seen = tx.get(SeenLocators.TABLE, Keys.of(number, locator));
                if (seen.isPresent() && SeenLocators.isOpened(seen.get())) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Returns those who share the beacon and have not read a packet with this locator. */
    private List<ChannelMembership> readers(Beacon beacon, byte[] locator) throws StoreException {
        return guard.transact(tx -> {
            List<ChannelMembership> fresh = new ArrayList<>();
            for (int number : beacon.members) {
                if (!tx.contains(SeenLocators.TABLE, Keys.of(number, locator))) {
                    fresh.add(people.conversations.member(number));
                }
            }
            return fresh;
        });
    }

    private void accept(
            ChannelMembership member,
            Beacon beacon,
            Candidate candidate,
            PacketId id,
            PacketKey key,
            OpenedPacket opened)
            throws StoreException {
        byte[] locator = key.locator();
        Content content = opened.content();
        String nickname =
                VisibleText.visible(content.newChain().map(NewChain::nickname).orElse(""));
        String view = opener.view(member, opened, Optional.empty(), OptionalInt.empty(), locator);
        record Started(byte[] name, ReceiveChain chain) {}
        Optional<Started> opens = Optional.empty();
        if (content.newChain().isPresent()) {
            try (SecretBytes first = beacon.root.copy();
                    SecretBytes chainKey =
                            chains.channelChainKey(content.newChain().get().seed(), first, candidate.onNetwork())) {
                opens = Optional.of(new Started(
                        chains.sessionId(chainKey),
                        chains.receive(chainKey, Instant.ofEpochSecond(content.timestamp()))));
            }
        }
        Optional<Started> started = opens;
        Inbox.Source source = new Inbox.Source(
                member,
                candidate,
                id,
                nickname,
                -1,
                content.timestamp(),
                -1,
                view,
                signers.of(member, opened, key),
                started.map(one -> HexFormat.of().formatHex(one.name())).orElse(""));
        record Kept(Inbox.Arrival arrival, Optional<ReceiveChainState> incoming) {}
        Kept kept;
        try {
            kept = guard.transact(tx -> {
                SeenLocators.putSeen(tx, member.id(), beacon.day, locator);
                tx.delete(HeldPackets.UNMATCHED, id.hash());
                tx.delete(HeldPackets.PARKED, id.hash());
                Optional<ReceiveChainState> incoming = Optional.empty();
                if (started.isPresent()) {
                    byte[] name = started.get().name();
                    if (!SeenChains.opens(tx, member.id(), beacon.day, name)) {
                        return new Kept(Inbox.Arrival.NOTHING, Optional.empty());
                    }
                    ReceiveChainRecord entry = ReceiveChainRecordBuilder.builder()
                            .number((int) Tables.next(tx, "chain"))
                            .membership(member.id())
                            .kind(ChainKind.CHANNEL)
                            .session(name)
                            .suite(opened.suite().code())
                            .nickname(nickname)
                            .opened(content.timestamp())
                            .chain(new byte[0])
                            .handshake(null)
                            .retires(0)
                            .build();
                    ReceiveChains.putChain(tx, entry, started.get().chain());
                    incoming = Optional.of(
                            new ReceiveChainState(entry, started.get().chain()));
                }
                return new Kept(inbox.accept(tx, source, content), incoming);
            });
        } catch (StoreException e) {
            started.ifPresent(one -> one.chain().close());
            throw e;
        }
        if (started.isPresent() && kept.incoming().isEmpty()) {
            started.get().chain().close();
            notices.security()
                    .record(
                            "chain-replayed",
                            "a member opened a chain that was opened before: its messages are not shown");
            return;
        }
        inbox.arrived(source, kept.arrival());
        if (kept.incoming().isPresent()) {
            notices.events().startLine(kept.incoming().get().entry.number(), 0);
            recognition.chains.follow(kept.incoming().get());
        }
    }
}
