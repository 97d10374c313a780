package org.partyline.shell.testing;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.partyline.api.PartylineException;
import org.partyline.api.config.Configurations;

/** Three settings of two bundles, one of them a secret. */
public final class FakeConfigurations implements Configurations {
    /** The settings that were set, by full name. */
    public final Map<String, String> set = new TreeMap<>(Map.of("transport.rpc-home.password", Value.HIDDEN));

    @Override
    public List<Section> list() {
        return List.of(
                new Section(
                        "engine",
                        "Messages, suites and fees.",
                        "org.partyline.engine.cfg",
                        "org.partyline.settings",
                        List.of(
                                value(
                                        "engine.default-ttl",
                                        "1h",
                                        "1m to 45d",
                                        "duration",
                                        "How long it is kept.",
                                        Map.of()),
                                value(
                                        "engine.roll-end",
                                        "confirm",
                                        "confirm or burn",
                                        "none",
                                        "How the last version ends.",
                                        new TreeMap<>(Map.of("confirm", "it is mined", "burn", "it is replaced"))))),
                new Section(
                        "transport.rpc-home",
                        "A Bitcoin Core node.",
                        "org.partyline.transport.rpc-home.cfg",
                        "org.partyline.transport-rpc",
                        List.of(value(
                                "transport.rpc-home.password",
                                "",
                                "a password, or nothing",
                                "none",
                                "For the user.",
                                Map.of()))));
    }

    private Value value(
            String name, String standard, String range, String unit, String what, Map<String, String> choices) {
        boolean secret = name.endsWith("password");
        return new Value(
                name,
                set.getOrDefault(name, standard),
                set.containsKey(name),
                standard,
                range,
                unit,
                what,
                new Traits(secret, "at once", secret ? "partyline:node-add" : "", choices));
    }

    @Override
    public Value get(String name) throws PartylineException {
        Value unlisted = value("engine.roll-spacing", "30s", "0s to 10m", "duration", "Between two.", Map.of());
        Value receipts = value("engine.receipts", "cover", "off, cover or pay", "none", "When.", Map.of());
        Value read = value("engine.read-receipts", "false", "true or false", "none", "Whether.", Map.of());
        return Stream.concat(
                        list().stream().flatMap(section -> section.settings().stream()),
                        Stream.of(unlisted, receipts, read))
                .filter(each -> each.name().equals(name) || each.name().endsWith("." + name))
                .findFirst()
                .orElseThrow(() -> new PartylineException("there is no setting '" + name + "'"));
    }

    @Override
    public void set(String name, String value) throws PartylineException {
        if (value.equals("bad")) {
            throw new PartylineException(
                    name + " = 'bad': it must be " + get(name).range());
        }
        set.put(get(name).name(), value);
    }

    @Override
    public void reset(String name) throws PartylineException {
        set.remove(get(name).name());
    }
}
