package org.partyline.secretskeyring;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.types.Variant;
import org.partyline.api.SecretBytes;
import org.partyline.api.secrets.SecretStore.SecretStoreException;

/** A Secret Service without a bus: it keeps secrets in memory, and encrypts them in transit like a real one. */
final class FakeKeyring implements SecretService.Calls {
    private static final String COLLECTION = "/org/freedesktop/secrets/collection/login";

    private final SecureRandom random = new SecureRandom();
    /** By path. */
    final Map<String, Item> items = new ConcurrentSkipListMap<>();
    /** The called methods, in order. */
    final List<String> called = new CopyOnWriteArrayList<>();
    /** The keys of sessions, by path. */
    private final Map<String, TransferKey> sessions = new HashMap<>();

    boolean withoutCollection;
    /** The reported lock state: true, false, or something else. */
    Object locked = false;
    /** The item that is found and locked; null: none. */
    String lockedItem;
    /** The prompt that it shows and waits for. */
    String prompt = "/";
    /** Whether bytes and structures arrive as lists and arrays, as with some versions of the library. */
    boolean asLists;
    /** Whether it sends a public value that results in no secret. */
    boolean liar;

    volatile boolean closed;
    private int last;

    /** A secret. */
    record Item(Map<?, ?> attributes, String label, String type, byte[] value) {}

    @Override
    public Object[] call(String path, String face, String member, String signature, Object... arguments)
            throws SecretStoreException {
        called.add(member);
        try {
            return switch (face.substring(face.lastIndexOf('.') + 1) + "." + member) {
                case "Service.ReadAlias" -> require("default", arguments[0], collection());
                case "Properties.Get" ->
                    require("Locked", arguments[1], locked instanceof Boolean ? new Variant<>(locked) : locked);
                case "Service.OpenSession" -> open((Variant<?>) arguments[1]);
                case "Collection.CreateItem" -> create(path, (Map<?, ?>) arguments[0], (Object[]) arguments[1]);
                case "Service.SearchItems" -> search((Map<?, ?>) arguments[0]);
                case "Item.GetSecret" -> secret(items.get(path), ((DBusPath) arguments[0]).getPath());
                case "Item.Delete" -> {
                    items.remove(path);
                    yield new Object[] {new DBusPath(prompt)};
                }
                default -> throw new AssertionError(face + "." + member);
            };
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Object[] require(String expected, Object given, Object answer) {
        if (!expected.equals(given)) {
            throw new AssertionError(given);
        }
        return new Object[] {answer};
    }

    private DBusPath collection() {
        return new DBusPath(withoutCollection ? "/" : COLLECTION);
    }

    private Object[] open(Variant<?> theirs) throws GeneralSecurityException {
        BigInteger own = TransferKey.newPrivate(random);
        String session = "/org/freedesktop/secrets/session/s" + ++last;
        sessions.put(session, TransferKey.agree(own, (byte[]) theirs.getValue(), random));
        byte[] answer = liar ? new byte[128] : TransferKey.publicOf(own);
        return new Object[] {asLists ? list(answer) : new Variant<>(answer, "ay"), new DBusPath(session)};
    }

    private Object[] create(String path, Map<?, ?> properties, Object[] secret) throws GeneralSecurityException {
        if (!path.equals(COLLECTION)) {
            throw new AssertionError(path);
        }
        Map<?, ?> attributes =
                (Map<?, ?>) ((Variant<?>) properties.get("org.freedesktop.Secret.Item.Attributes")).getValue();
        String label = (String) ((Variant<?>) properties.get("org.freedesktop.Secret.Item.Label")).getValue();
        TransferKey key = sessions.get(((DBusPath) secret[0]).getPath());
        try (SecretBytes value = key.decrypt((byte[]) secret[1], (byte[]) secret[2])) {
            items.values().removeIf(item -> item.attributes().equals(attributes));
            String made = COLLECTION + "/" + ++last;
            items.put(
                    made,
                    new Item(
                            attributes,
                            label,
                            (String) secret[3],
                            value.expose().clone()));
            return new Object[] {new DBusPath(made), new DBusPath(prompt)};
        }
    }

    private Object[] search(Map<?, ?> attributes) {
        List<DBusPath> found = items.entrySet().stream()
                .filter(item -> item.getValue().attributes().equals(attributes))
                .map(item -> new DBusPath(item.getKey()))
                .toList();
        return new Object[] {found, lockedItem == null ? List.of() : List.of(new DBusPath(lockedItem))};
    }

    private Object[] secret(Item item, String session) throws GeneralSecurityException {
        byte[][] encrypted = sessions.get(session).encrypt(item.value());
        Object[] fields = asLists
                ? new Object[] {session, list(encrypted[0]), list(encrypted[1]), item.type()}
                : new Object[] {session, encrypted[0], encrypted[1], item.type()};
        return asLists ? fields : new Object[] {fields};
    }

    private static List<Byte> list(byte[] bytes) {
        List<Byte> all = new ArrayList<>();
        for (byte one : bytes) {
            all.add(one);
        }
        return all;
    }

    @Override
    public void close() {
        closed = true;
    }
}
