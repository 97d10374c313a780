package org.partyline.session;

import java.lang.reflect.Constructor;
import java.security.SecureRandom;
import org.partyline.aeadaes256gcm.Aes256Gcm;
import org.partyline.aeadxchacha20poly1305.XChaCha20Poly1305;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.Padding;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.packet.PacketFragmenter;
import org.partyline.packet.WireCodec;
import org.partyline.padding.BucketPadding;
import org.partyline.ratchet.ChannelKeySchedule;
import org.partyline.ratchet.PartylineChains;

/** The real services of other bundles that a session uses. */
final class Bundles {
    static final PacketCodec CODEC = codec();
    static final Fragmenter FRAGMENTER = new PacketFragmenter();
    static final Chains CHAINS = new PartylineChains();
    static final ChannelKeys CHANNEL_KEYS = new ChannelKeySchedule();
    static final AeadSuite XCHACHA = new XChaCha20Poly1305();
    static final AeadSuite GCM = new Aes256Gcm();

    private Bundles() {}

    static SecretBytes draw(SecureRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return SecretBytes.wrap(bytes);
    }

    /** A person's keys. The signing key signs nothing here: it only identifies the person. */
    static IdentityKeys person(SecureRandom random) {
        return person(random, draw(random, 32));
    }

    /** A person with this X25519 key. */
    static IdentityKeys person(SecureRandom random, SecretBytes agreement) {
        return new IdentityKeys(
                draw(random, 32),
                agreement,
                draw(random, 16),
                new PublicIdentity(draw(random, 32).expose(), Curve.publicKey(agreement)));
    }

    /** Sets the codec's padding, as Declarative Services would. */
    private static PacketCodec codec() {
        try {
            Constructor<WireCodec> constructor = WireCodec.class.getDeclaredConstructor(Padding.class);
            constructor.setAccessible(true);
            return constructor.newInstance(new BucketPadding());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
