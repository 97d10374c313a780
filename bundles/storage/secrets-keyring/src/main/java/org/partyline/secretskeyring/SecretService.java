package org.partyline.secretskeyring;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MethodCall;
import org.freedesktop.dbus.types.Variant;
import org.partyline.api.SecretBytes;
import org.partyline.api.secrets.SecretStore.SecretStoreException;

/**
 * A connection to the Secret Service (freedesktop.org Secret Service API, draft 0.2) with its own session. Prompts are
 * dismissed by not showing them: there may be nobody at the screen.
 */
final class SecretService implements AutoCloseable {
    private static final String BUS_NAME = "org.freedesktop.secrets";
    private static final String SERVICE_PATH = "/org/freedesktop/secrets";
    private static final String SERVICE = "org.freedesktop.Secret.Service";
    private static final String COLLECTION = "org.freedesktop.Secret.Collection";
    private static final String ITEM = "org.freedesktop.Secret.Item";
    private static final String PROPERTIES = "org.freedesktop.DBus.Properties";
    private static final String NOTHING = "/";
    private static final String LOCKED = "the keyring is locked: log in to its desktop session, or unlock it there";

    private final DBusConnection connection;
    private final Duration patience;
    private final SecureRandom random;

    private SecretService(DBusConnection connection, Duration patience, SecureRandom random) {
        this.connection = connection;
        this.patience = patience;
        this.random = random;
    }

    /**
     * @param address of the session bus
     * @param patience how long each answer may take
     */
    static SecretService connect(String address, Duration patience, SecureRandom random) throws SecretStoreException {
        try {
            DBusConnection connection = DBusConnectionBuilder.forAddress(address)
                    .transportConfig()
                    // It tries again and again until then.
                    .withTimeout((int) patience.toMillis() / 2)
                    .back()
                    .withShared(false)
                    .build();
            return new SecretService(connection, patience, random);
        } catch (DBusException | RuntimeException e) {
            throw new SecretStoreException(
                    "the D-Bus session bus at " + address + " cannot be reached: start it, or correct"
                            + " DBUS_SESSION_BUS_ADDRESS",
                    e);
        }
    }

    /** The collection that new secrets go to; refuses when there is none or it is locked. */
    String openCollection() throws SecretStoreException {
        String collection = path(call(SERVICE_PATH, SERVICE, "ReadAlias", "s", "default")[0]);
        if (collection.equals(NOTHING)) {
            throw new SecretStoreException(
                    "the keyring has no default collection: create one in the desktop's keyring program");
        }
        Object locked = call(collection, PROPERTIES, "Get", "ss", COLLECTION, "Locked")[0];
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
            Object[] answer = call(collection, COLLECTION, "CreateItem", "a{sv}(oayays)b", properties, secret, true);
            refusePrompt(path(answer[1]));
        } catch (GeneralSecurityException e) {
            throw new SecretStoreException("the keyring does not encrypt as specified", e);
        }
    }

    /** @return the caller's to wipe */
    Optional<SecretBytes> get(Map<String, String> attributes) throws SecretStoreException {
        List<String> items = search(attributes);
        if (items.isEmpty()) {
            return Optional.empty();
        }
        try (Session session = openSession()) {
            Object[] answer = call(items.get(0), ITEM, "GetSecret", "o", new DBusPath(session.path));
            Object[] secret = answer.length == 1 ? (Object[]) answer[0] : answer;
            return Optional.of(session.key.decrypt(bytes(secret[1]), bytes(secret[2])));
        } catch (GeneralSecurityException e) {
            throw new SecretStoreException("the keyring does not encrypt as specified", e);
        }
    }

    /** Deletes all secrets with the attributes. */
    void delete(Map<String, String> attributes) throws SecretStoreException {
        for (String item : search(attributes)) {
            refusePrompt(path(call(item, ITEM, "Delete", "")[0]));
        }
    }

    /** The items with the attributes; refuses when one of them is locked. */
    private List<String> search(Map<String, String> attributes) throws SecretStoreException {
        Object[] answer = call(SERVICE_PATH, SERVICE, "SearchItems", "a{ss}", attributes);
        if (!((List<?>) answer[1]).isEmpty()) {
            throw new SecretStoreException(LOCKED);
        }
        return ((List<?>) answer[0]).stream().map(SecretService::path).toList();
    }

    private static void refusePrompt(String prompt) throws SecretStoreException {
        if (!prompt.equals(NOTHING)) {
            throw new SecretStoreException(LOCKED);
        }
    }

    private Session openSession() throws SecretStoreException, GeneralSecurityException {
        BigInteger own = TransferKey.newPrivate(random);
        Object[] answer = call(
                SERVICE_PATH,
                SERVICE,
                "OpenSession",
                "sv",
                TransferKey.ALGORITHM,
                new Variant<>(TransferKey.publicOf(own), "ay"));
        Object other = answer[0] instanceof Variant<?> variant ? variant.getValue() : answer[0];
        return new Session(path(answer[1]), TransferKey.agree(own, bytes(other), random));
    }

    /** Calls a method and waits for its answer. */
    private Object[] call(String path, String face, String member, String signature, Object... arguments)
            throws SecretStoreException {
        try {
            MethodCall call = connection
                    .getMessageFactory()
                    .createMethodCall(
                            BUS_NAME, path, face, member, (byte) 0, signature.isEmpty() ? null : signature, arguments);
            connection.sendMessage(call);
            Message reply = call.getReply(patience.toMillis());
            if (reply == null) {
                throw new SecretStoreException(
                        "the keyring does not answer to " + member + ": check its desktop session");
            }
            if (reply instanceof org.freedesktop.dbus.messages.Error error) {
                throw refused(error);
            }
            Object[] answer = reply.getParameters();
            return answer == null ? new Object[0] : answer;
        } catch (DBusException e) {
            throw new SecretStoreException("the connection to the keyring broke: try again", e);
        }
    }

    private static SecretStoreException refused(org.freedesktop.dbus.messages.Error error) {
        String name = error.getName();
        if (name.endsWith(".ServiceUnknown") || name.endsWith(".NameHasNoOwner") || name.contains(".Spawn.")) {
            return new SecretStoreException(
                    "no keyring runs in this desktop session: start gnome-keyring, KWallet or another Secret Service");
        }
        if (name.endsWith(".IsLocked")) {
            return new SecretStoreException(LOCKED);
        }
        DBusExecutionException cause = error.getException();
        return new SecretStoreException("the keyring refuses with " + name + ": see the log", cause);
    }

    private static String path(Object path) {
        return path instanceof DBusPath object ? object.getPath() : path.toString();
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
        try {
            connection.close();
        } catch (IOException e) {
            // Nothing was asked of it any more; the bus notices that we are gone.
            connection.disconnect();
        }
    }

    /** The session that secrets are encrypted for. The keyring forgets it with the connection. */
    private record Session(String path, TransferKey key) implements AutoCloseable {
        @Override
        public void close() {
            key.close();
        }
    }
}
