package org.partyline.secretskeyring;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;
import org.partyline.api.SecretBytes;
import org.partyline.api.secrets.SecretStore.SecretStoreException;

/**
 * Asks the Secret Service (freedesktop.org Secret Service API, draft 0.2) over a connection, with its own session.
 * Prompts are dismissed by not showing them: possibly nobody is at the screen.
 */
final class SecretService implements AutoCloseable {
    private static final String SERVICE_PATH = "/org/freedesktop/secrets";
    private static final String SERVICE = "org.freedesktop.Secret.Service";
    private static final String COLLECTION = "org.freedesktop.Secret.Collection";
    private static final String ITEM = "org.freedesktop.Secret.Item";
    private static final String PROPERTIES = "org.freedesktop.DBus.Properties";
    private static final String NOTHING = "/";
    static final String LOCKED = "the keyring is locked: log in to its desktop session, or unlock it there";

    private final Calls bus;
    private final SecureRandom random;

    SecretService(Calls bus, SecureRandom random) {
        this.bus = bus;
        this.random = random;
    }

    /** A connection to the keyring. */
    interface Calls extends AutoCloseable {
        /** Calls a method and waits for its answer. @param signature of the arguments; null: no arguments */
        Object[] call(String path, String face, String member, @Nullable String signature, Object... arguments)
                throws SecretStoreException;

        @Override
        void close();
    }

    /** The collection for new secrets; fails if there is none or it is locked. */
    String openCollection() throws SecretStoreException {
        String collection = bus.call(SERVICE_PATH, SERVICE, "ReadAlias", "s", "default")[0].toString();
        if (collection.equals(NOTHING)) {
            throw new SecretStoreException(
                    "the keyring has no default collection: create one in the desktop's keyring program");
        }
        Object locked = bus.call(collection, PROPERTIES, "Get", "ss", COLLECTION, "Locked")[0];
        if (!Boolean.FALSE.equals(locked instanceof Variant<?> variant ? variant.getValue() : locked)) {
            throw new SecretStoreException(LOCKED);
        }
        return collection;
    }

    /** Stores a secret in the default collection, replacing one with the same attributes. */
    void put(Map<String, String> attributes, String label, byte[] value) throws SecretStoreException {
        String collection = openCollection();
        try (Session session = openSession()) {
            byte[][] encrypted = session.key.encrypt(value);
            Map<String, Variant<?>> properties = Map.of(
                    ITEM + ".Label", new Variant<>(label), ITEM + ".Attributes", new Variant<>(attributes, "a{ss}"));
            Object[] secret = {new DBusPath(session.path), encrypted[0], encrypted[1], "application/octet-stream"};
            Object[] answer =
                    bus.call(collection, COLLECTION, "CreateItem", "a{sv}(oayays)b", properties, secret, true);
            refusePrompt(answer[1].toString());
        } catch (GeneralSecurityException e) {
            throw new SecretStoreException("the keyring does not encrypt as specified", e);
        }
    }

    /** @return the caller wipes it */
    Optional<SecretBytes> get(Map<String, String> attributes) throws SecretStoreException {
        List<String> items = search(attributes);
        if (items.isEmpty()) {
            return Optional.empty();
        }
        try (Session session = openSession()) {
            Object[] answer = bus.call(items.get(0), ITEM, "GetSecret", "o", new DBusPath(session.path));
            Object[] secret = answer.length == 1 ? (Object[]) answer[0] : answer;
            return Optional.of(session.key.decrypt(bytes(secret[1]), bytes(secret[2])));
        } catch (GeneralSecurityException e) {
            throw new SecretStoreException("the keyring does not encrypt as specified", e);
        }
    }

    /** Deletes all secrets with the attributes. */
    void delete(Map<String, String> attributes) throws SecretStoreException {
        for (String item : search(attributes)) {
            refusePrompt(bus.call(item, ITEM, "Delete", null)[0].toString());
        }
    }

    /** The items with the attributes; fails if one of them is locked. */
    private List<String> search(Map<String, String> attributes) throws SecretStoreException {
        Object[] answer = bus.call(SERVICE_PATH, SERVICE, "SearchItems", "a{ss}", attributes);
        if (!((List<?>) answer[1]).isEmpty()) {
            throw new SecretStoreException(LOCKED);
        }
        return ((List<?>) answer[0]).stream().map(Object::toString).toList();
    }

    private static void refusePrompt(String prompt) throws SecretStoreException {
        if (!prompt.equals(NOTHING)) {
            throw new SecretStoreException(LOCKED);
        }
    }

    private Session openSession() throws SecretStoreException, GeneralSecurityException {
        BigInteger own = TransferKey.newPrivate(random);
        Object[] answer = bus.call(
                SERVICE_PATH,
                SERVICE,
                "OpenSession",
                "sv",
                TransferKey.ALGORITHM,
                new Variant<>(TransferKey.publicOf(own), "ay"));
        Object other = answer[0] instanceof Variant<?> variant ? variant.getValue() : answer[0];
        return new Session(answer[1].toString(), TransferKey.agree(own, bytes(other), random));
    }

    private static byte[] bytes(Object bytes) {
        if (bytes instanceof byte[] array) {
            return array;
        }
        List<?> list = (List<?>) bytes;
        byte[] array = new byte[list.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = (Byte) list.get(i);
        }
        return array;
    }

    @Override
    public void close() {
        bus.close();
    }

    /** The session that secrets are encrypted for. The keyring forgets it when the connection ends. */
    private record Session(String path, TransferKey key) implements AutoCloseable {
        @Override
        public void close() {
            key.close();
        }
    }
}
