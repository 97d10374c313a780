package org.partyline.identity;

import java.security.SecureRandom;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;

/** Creates and uses personas' keys on Curve25519 (PROTOCOL 2.3, 6, 6.1). */
@Component
public final class CurveIdentities implements Identities {
    /** For Declarative Services. */
    public CurveIdentities() {}

    @Override
    public IdentityKeys generate(SecureRandom random) {
        return keys(
                random(random, Curves.KEY_LENGTH),
                random(random, Curves.KEY_LENGTH),
                random(random, ContactCard.INBOX_SECRET_LENGTH));
    }

    private static SecretBytes random(SecureRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return SecretBytes.wrap(bytes);
    }

    /** {@inheritDoc} Throws {@link IllegalArgumentException} if a length is wrong. */
    @Override
    public IdentityKeys restore(SecretBytes signingSeed, SecretBytes agreementPrivate, SecretBytes inboxSecret) {
        checkLength("a signing seed", signingSeed, Curves.KEY_LENGTH);
        checkLength("an agreement key", agreementPrivate, Curves.KEY_LENGTH);
        checkLength("an inbox secret", inboxSecret, ContactCard.INBOX_SECRET_LENGTH);
        return keys(signingSeed.copy(), agreementPrivate.copy(), inboxSecret.copy());
    }

    private static void checkLength(String what, SecretBytes secret, int length) {
        if (secret.length() != length) {
            throw new IllegalArgumentException(what + " has " + length + " bytes, not " + secret.length());
        }
    }

    private static IdentityKeys keys(SecretBytes signingSeed, SecretBytes agreementPrivate, SecretBytes inboxSecret) {
        PublicIdentity identity = new PublicIdentity(
                Curves.signingPublic(signingSeed.expose()), Curves.agreementPublic(agreementPrivate.expose()));
        return new IdentityKeys(signingSeed, agreementPrivate, inboxSecret, identity);
    }

    /** {@inheritDoc} Throws {@link IllegalArgumentException} if the nickname is not Unicode text. */
    @Override
    public String encode(ContactCard card) {
        return CardText.encode(card);
    }

    @Override
    public ContactCard decode(String text) {
        return CardText.decode(text);
    }

    @Override
    public String safetyNumber(PublicIdentity one, PublicIdentity other) {
        return SafetyNumber.of(one, other);
    }

    @Override
    public byte[] sign(IdentityKeys keys, byte[] input) {
        return Curves.sign(keys.signingSeed().expose(), input);
    }

    @Override
    public boolean verify(PublicIdentity identity, byte[] input, byte[] signature) {
        return Curves.verify(identity.signing(), input, signature);
    }

    @Override
    public byte[] rotation(Network network, IdentityKeys old, IdentityKeys next, boolean compromised) {
        return RotationBody.write(network, old, next, compromised);
    }

    @Override
    public Optional<Rotation> openRotation(Network network, PublicIdentity old, byte[] body) {
        return RotationBody.read(network, old, body);
    }
}
