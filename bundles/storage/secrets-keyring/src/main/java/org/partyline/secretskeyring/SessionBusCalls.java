package org.partyline.secretskeyring;

import java.io.IOException;
import java.time.Duration;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MethodCall;
import org.jspecify.annotations.Nullable;
import org.partyline.api.secrets.SecretStore.SecretStoreException;

/** Calls the keyring over the D-Bus session bus. */
final class SessionBusCalls implements SecretService.Calls {
    private static final String BUS_NAME = "org.freedesktop.secrets";

    private final DBusConnection connection;
    private final Duration patience;

    private SessionBusCalls(DBusConnection connection, Duration patience) {
        this.connection = connection;
        this.patience = patience;
    }

    /**
     * @param address of the session bus
     * @param patience how long each answer may take
     */
    static SessionBusCalls connect(String address, Duration patience) throws SecretStoreException {
        try {
            DBusConnection connection = DBusConnectionBuilder.forAddress(address)
                    .transportConfig()
                    // It retries until then.
                    .withTimeout((int) patience.toMillis() / 2)
                    .back()
                    .withShared(false)
                    .build();
            return new SessionBusCalls(connection, patience);
        } catch (DBusException | RuntimeException e) {
            throw new SecretStoreException(
                    "the D-Bus session bus at " + address + " cannot be reached: start it, or correct"
                            + " DBUS_SESSION_BUS_ADDRESS",
                    e);
        }
    }

    @Override
    public Object[] call(String path, String face, String member, @Nullable String signature, Object... arguments)
            throws SecretStoreException {
        try {
            MethodCall call = connection
                    .getMessageFactory()
                    .createMethodCall(BUS_NAME, path, face, member, (byte) 0, signature, arguments);
            connection.sendMessage(call);
            Message reply = call.getReply(patience.toMillis());
            if (reply == null) {
                throw new SecretStoreException(
                        "the keyring does not answer to " + member + ": check its desktop session");
            }
            if (reply instanceof org.freedesktop.dbus.messages.Error error) {
                throw new SecretStoreException(refusal(error.getName()), error.getException());
            }
            return reply.getParameters();
        } catch (DBusException e) {
            throw new SecretStoreException("the connection to the keyring broke: try again", e);
        }
    }

    /** The meaning of an error, for people. @param name D-Bus's name of the error */
    static String refusal(String name) {
        if (name.endsWith(".ServiceUnknown") || name.endsWith(".NameHasNoOwner") || name.contains(".Spawn.")) {
            return "no keyring runs in this desktop session: start gnome-keyring, KWallet or another Secret Service";
        }
        return name.endsWith(".IsLocked") ? SecretService.LOCKED : "the keyring refuses with " + name + ": see the log";
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (IOException e) {
            // No call is pending; the bus notices that the connection is closed.
            connection.disconnect();
        }
    }
}
