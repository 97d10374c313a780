package org.partyline.channels;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfMemoryException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.Invite;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.state.ChosenNetwork;
import org.partyline.messaging.state.Days;

/** Derives the first keys of a channel from its invite and passphrase (PROTOCOL 4). */
final class ChannelRoots {
    private static final int SALT_LENGTH = 16;

    private final ChannelKeys channelKeys;
    private final SuiteDirectory suites;
    private final NodeDirectory nodes;
    private final Clock clock;
    private final SecureRandom random;
    private final OperatorSettings settings;
    private final Supplier<Optional<LegacyReader>> legacy;

    ChannelRoots(
            ChannelKeys channelKeys,
            SuiteDirectory suites,
            NodeDirectory nodes,
            Clock clock,
            SecureRandom random,
            OperatorSettings settings,
            Supplier<Optional<LegacyReader>> legacy) {
        this.channelKeys = channelKeys;
        this.suites = suites;
        this.nodes = nodes;
        this.clock = clock;
        this.random = random;
        this.settings = settings;
        this.legacy = legacy;
    }

    /** The network of a new channel: the requested one, or that of the nodes. */
    Network network(Optional<Network> asked) throws PartylineException {
        return ChosenNetwork.of(nodes, asked);
    }

    /** A new channel with a random salt, so that nobody can guess it. */
    Invite fresh(Network network, KdfParameters kdf, String name) throws NoSuchThingException {
        byte[] salt = new byte[SALT_LENGTH];
        random.nextBytes(salt);
        // Yesterday, so that members whose clocks are behind also find a root for their day.
        return invite(network, kdf, Days.of(clock.instant()) - 1, salt, name);
    }

    /** A channel that is identified by its name. */
    Invite named(Network network, KdfParameters kdf, String name) throws NoSuchThingException {
        return invite(network, kdf, ChannelKeys.DEFAULT_START_DAY, channelKeys.salt(network, name), name);
    }

    /** The decoded invite. */
    Invite decoded(String text) throws NoSuchThingException {
        Invite invite;
        try {
            invite = channelKeys.decodeInvite(text, suites::otherDerivation);
        } catch (KdfLimitsException e) {
            throw new NoSuchThingException(
                    "the invite is rejected: " + e.getMessage() + "; ask for an invite to another channel");
        } catch (IllegalArgumentException e) {
            throw new NoSuchThingException(e.getMessage() + "; copy the whole invite again");
        }
        if (invite.startDay() > Days.of(clock.instant()) + 1) {
            throw new NoSuchThingException("the invite's channel starts in the future: check this server's clock");
        }
        return invite;
    }

    /** The text of an invite. */
    String encode(Invite invite) {
        return channelKeys.encode(invite);
    }

    /** The key derivation of a channel, if its parameters are within the limits and it can run here. */
    KeyDerivation derivation(KdfParameters parameters) throws NoSuchThingException {
        try {
            KdfLimits.require(parameters);
            KeyDerivation derivation = suites.derivation(parameters.id())
                    .orElseThrow(() -> new NoSuchThingException("the key derivation " + parameters.id()
                            + " is stopped or denied: see partyline:suite-list"));
            derivation.requireLimits(parameters);
            derivation.requireMemory(parameters);
            return derivation;
        } catch (KdfLimitsException | KdfMemoryException e) {
            throw new NoSuchThingException(e.getMessage());
        }
    }

    private static Invite invite(Network network, KdfParameters kdf, int startDay, byte[] salt, String name)
            throws NoSuchThingException {
        try {
            return new Invite(network, kdf, startDay, salt, Normalizer.normalize(name, Normalizer.Form.NFC));
        } catch (IllegalArgumentException e) {
            throw new NoSuchThingException(e.getMessage() + ": choose another name");
        }
    }

    /** The root of the channel's first day. The caller wipes it. */
    SecretBytes startingRoot(KeyDerivation kdf, Invite invite, char[] passphrase) throws NoSuchThingException {
        try {
            return channelKeys.startingRoot(kdf, invite.kdf(), invite.salt(), passphrase);
        } catch (IllegalArgumentException e) {
            throw new NoSuchThingException(e.getMessage());
        }
    }

    /** The root of a later day. The caller wipes it. */
    SecretBytes advance(SecretBytes root, int days) {
        return channelKeys.advance(root, days);
    }

    /**
     * The key of version-1 messages, only for a channel whose own derivation is PBKDF2: in any other it would make
     * guessing the passphrase cheaper for a thief of the open store.
     *
     * @return null: version-1 messages are not read there
     */
    byte @Nullable [] legacyKey(KdfId id, KeyDerivation kdf, char[] passphrase) {
        Optional<LegacyReader> reader = legacy.get();
        if (!id.equals(KdfId.PBKDF2_SHA256)
                || reader.isEmpty()
                || !settings.get().reading().legacyV1()) {
            return null;
        }
        byte[] password = utf8(passphrase);
        try (SecretBytes key = reader.get().key(kdf, password)) {
            return key.expose().clone();
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /** Encodes directly into an array of the right length, so that no other one must be wiped. */
    private static byte[] utf8(char[] text) {
        CharBuffer chars = CharBuffer.wrap(text);
        byte[] bytes = new byte[chars.codePoints().map(ChannelRoots::utf8Length).sum()];
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(chars, ByteBuffer.wrap(bytes), true);
        return bytes;
    }

    private static int utf8Length(int codePoint) {
        // An unpaired surrogate is replaced by a question mark.
        if (codePoint < 0x80 || Character.getType(codePoint) == Character.SURROGATE) {
            return 1;
        }
        return codePoint < 0x800 ? 2 : Character.charCount(codePoint) == 1 ? 3 : 4;
    }
}
