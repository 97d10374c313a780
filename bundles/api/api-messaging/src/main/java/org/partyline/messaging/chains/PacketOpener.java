package org.partyline.messaging.chains;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PacketView;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.RefusedContentException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.scan.Candidate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens packets with the available suites. Uses up no key. */
public final class PacketOpener {
    private static final Logger LOG = LoggerFactory.getLogger(PacketOpener.class);

    private final PacketCodec codec;
    private final SuiteDirectory suites;

    public PacketOpener(PacketCodec codec, SuiteDirectory suites) {
        this.codec = codec;
        this.suites = suites;
    }

    /**
     * The outcome of opening a packet.
     *
     * @param opened null if no suite opened it
     * @param missing whether a suite that may have sealed it is unavailable
     * @param refused whether a member sealed it in breach of the protocol's rules
     */
    public record Attempt(@Nullable OpenedPacket opened, boolean missing, boolean refused) {}

    public static byte[] locator(Candidate candidate, int length) {
        return Arrays.copyOfRange(candidate.payload(), 1, 1 + length);
    }

    public static PacketLabel label(ReceiveChainState chain) {
        return switch (chain.entry.kind()) {
            case REPLY, ANSWERED -> PacketLabel.REPLY;
            case CHANNEL, SESSION, CANDIDATE -> PacketLabel.RATCHET;
        };
    }

    /**
     * The suites to try on a chain: those of a session are agreed by both sides, a channel's member may change its
     * suite.
     */
    public List<String> suites(ReceiveChainState chain) {
        String own = suites.name(chain.entry.suite());
        if (chain.entry.kind() != ChainKind.CHANNEL) {
            return List.of(own);
        }
        LinkedHashSet<String> order = new LinkedHashSet<>();
        order.add(own);
        order.addAll(suites.allowed());
        return List.copyOf(order);
    }

    /** Tries every suite that someone may have sealed with. */
    public Attempt openByAny(Candidate candidate, PacketKey key) {
        return open(candidate, key, suites.every());
    }

    /**
     * Tries the suites in order. A suite that the policy forbids is not tried, and counts as missing if it was named.
     */
    public Attempt open(Candidate candidate, PacketKey key, List<String> order) {
        boolean missing = false;
        for (String name : order) {
            Optional<AeadSuite> suite = suites.suite(name);
            if (suite.isEmpty()) {
                missing = true;
                continue;
            }
            try {
                OpenedPacket opened = codec.open(candidate.payload(), key, suite.get(), candidate.reference());
                return new Attempt(opened, false, false);
            } catch (AuthenticationFailedException e) {
                LOG.trace("not sealed with {}", name);
            } catch (LinkageError e) {
                // Its bundle was replaced meanwhile: it counts as missing.
                LOG.debug("suite {} was removed: {}", name, Faults.reason(e));
                missing = true;
            } catch (RefusedContentException e) {
                LOG.warn("a member's packet was rejected: {}", e.getMessage());
                return new Attempt(null, false, true);
            }
        }
        return new Attempt(null, missing, false);
    }

    /** The JSON view of a channel's packet. */
    public String view(
            ChannelMembership member,
            OpenedPacket opened,
            Optional<byte[]> session,
            OptionalInt sequence,
            byte[] salt) {
        return codec.json(viewOf(opened, session, sequence, Optional.of(member.entry.parameters()), salt));
    }

    /** The JSON view of a contact's packet. */
    public String view(OpenedPacket opened, Optional<byte[]> session, OptionalInt sequence) {
        return codec.json(viewOf(opened, session, sequence, Optional.empty(), new byte[0]));
    }

    /** The visible part of an opened packet. */
    public static PacketView viewOf(
            OpenedPacket opened,
            Optional<byte[]> session,
            OptionalInt sequence,
            Optional<KdfParameters> kdf,
            byte[] salt) {
        Content content = opened.content();
        return new PacketView(
                Packets.VERSION,
                content.type() == PacketType.DECOY && content.newChain().isPresent()
                        ? PacketType.OPENER
                        : content.type(),
                content.senderId(),
                session,
                sequence,
                content.timestamp(),
                opened.suite(),
                kdf,
                salt,
                opened.nonce(),
                opened.ciphertext(),
                opened.tag(),
                content.ttlMinutes().isPresent()
                        ? OptionalLong.of(60L * content.ttlMinutes().getAsInt())
                        : OptionalLong.empty(),
                content.fragment());
    }
}
