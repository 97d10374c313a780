package org.partyline.ratchet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.Invite;

/** Derives a channel's keys, each from the previous one and never backwards (PROTOCOL 3, 4). */
@Component
public final class ChannelKeySchedule implements ChannelKeys {
    private static final byte[] SALT_PREFIX = "partyline/2 channel\0".getBytes(StandardCharsets.US_ASCII);
    private static final String EPOCH_INFO = "partyline/2 epoch";
    private static final String BEACON_INFO = "partyline/2 beacon";
    private static final int KEY_LENGTH = 32;
    private static final int CHANNEL_SALT_LENGTH = 16;
    private static final int LOCATOR_HALF = Packets.SEALED_LOCATOR / 2;

    /** For Declarative Services. */
    public ChannelKeySchedule() {}

    @Override
    public byte[] salt(Network network, String name) {
        MessageDigest sha256 = sha256();
        sha256.update(SALT_PREFIX);
        sha256.update(network.code());
        return Arrays.copyOf(sha256.digest(NormalText.utf8(name)), CHANNEL_SALT_LENGTH);
    }

    @Override
    public SecretBytes startingRoot(KeyDerivation kdf, KdfParameters parameters, byte[] salt, char[] passphrase) {
        if (passphrase.length == 0) {
            throw new IllegalArgumentException("a passphrase has at least 1 character");
        }
        checkSame(kdf, parameters);
        byte[] secret = NormalText.utf8(passphrase);
        try {
            return kdf.derive(secret, salt, parameters, KEY_LENGTH);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    @Override
    public SecretBytes advance(SecretBytes root, int days) {
        if (days < 0) {
            throw new IllegalArgumentException("a root moves forward only, not by " + days + " days");
        }
        SecretBytes current = root.copy();
        for (int i = 0; i < days; i++) {
            SecretBytes next = derive(current, EPOCH_INFO);
            current.close();
            current = next;
        }
        return current;
    }

    @Override
    public SecretBytes beacon(SecretBytes root) {
        return derive(root, BEACON_INFO);
    }

    @Override
    public byte[] newLocator(SecretBytes beacon, SecureRandom random) {
        byte[] r = new byte[LOCATOR_HALF];
        random.nextBytes(r);
        return ByteBuffer.allocate(Packets.SEALED_LOCATOR)
                .put(r)
                .put(Hkdf.hmac(beacon.expose(), r), 0, LOCATOR_HALF)
                .array();
    }

    @Override
    public SecretBytes sealedSecret(KeyDerivation kdf, KdfParameters parameters, SecretBytes root, byte[] locator) {
        if (locator.length != Packets.SEALED_LOCATOR) {
            throw new IllegalArgumentException("a sealed packet's locator has 16 bytes, not " + locator.length);
        }
        checkSame(kdf, parameters);
        return kdf.derive(root.expose(), locator, parameters, KEY_LENGTH);
    }

    @Override
    public String encode(Invite invite) {
        return InviteText.encode(invite);
    }

    @Override
    public Invite decodeInvite(String text, IntFunction<Optional<KdfId>> others) {
        return InviteText.decode(text, others);
    }

    private static SecretBytes derive(SecretBytes root, String info) {
        return SecretBytes.wrap(Hkdf.derive(root.expose(), info, KEY_LENGTH));
    }

    private static void checkSame(KeyDerivation kdf, KdfParameters parameters) {
        if (!kdf.id().equals(parameters.id())) {
            throw new IllegalArgumentException(
                    "the parameters are for " + parameters.id() + ", and the derivation is " + kdf.id());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
