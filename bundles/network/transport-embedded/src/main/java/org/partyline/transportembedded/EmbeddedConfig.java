package org.partyline.transportembedded;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.config.Setting;
import org.partyline.api.transport.NodeSettingsCheck;

/** The settings in {@code etc/org.partyline.transport.embedded-NAME.cfg}. */
@Component
public final class EmbeddedConfig implements NodeSettingsCheck {
    private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern FILE =
            Pattern.compile(".*/?org\\.partyline\\.transport\\.embedded[-~](.+)\\.(cfg|config)");
    private static final Pattern INSTANCE = Pattern.compile("org\\.partyline\\.transport\\.embedded[.~](.+)");
    private static final FeeRate HIGHEST_FEE = new FeeRate(1_000_000);

    static final Setting<String> NAME = Setting.text("name", "", "letters, digits and hyphens, at most 64")
            .command("partyline:node-remove and partyline:node-add")
            .says("The node's name; otherwise from the file's name.");

    static final Setting<Duration> BLOCK_INTERVAL = Setting.duration("block-interval", "60s", "100ms", "24h")
            .or("0", "blocks by command only")
            .as(time -> time.orElse(Duration.ZERO))
            .says("Time between blocks; 0: blocks by command only.");

    static final Setting<Integer> DATACARRIER_SIZE = Setting.integer("datacarrier-size", 100000, 0, 100000)
            .unit("bytes")
            .says("Maximum size of all OP_RETURN scripts of a transaction; 83 on old nodes.");

    static final Setting<Integer> DATACARRIER_OUTPUTS = Setting.integer("datacarrier-outputs", 10000, 0, 10000)
            .unit("outputs")
            .says("Maximum number of OP_RETURN outputs of a transaction; 1 on old nodes.");

    static final Setting<FeeRate> RELAY_FEE = Setting.text("relay-fee", "0.1", "0 to 1000", EmbeddedConfig::rate)
            .unit("sat/vB")
            .says("The relay floor.");

    static final Setting<FeeRate> INCREMENTAL_FEE = Setting.text(
                    "incremental-fee", "0.1", "0 to 1000", EmbeddedConfig::rate)
            .unit("sat/vB")
            .says("Minimum fee rate that a replacement adds.");

    static final Setting<Integer> MEMPOOL_SIZE =
            Setting.integer("mempool-size", 300, 1, 1000).unit("MvB").says("Maximum size of the mempool.");

    static final Setting<Duration> MEMPOOL_EXPIRY = Setting.duration("mempool-expiry", "336h", "1m", "8760h")
            .says("How long an unconfirmed transaction stays in the mempool.");

    @Override
    public String type() {
        return "embedded";
    }

    @Override
    public String title() {
        return "An in-process Bitcoin network with play money, for tours, demos and tests.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(
                NAME,
                BLOCK_INTERVAL,
                DATACARRIER_SIZE,
                DATACARRIER_OUTPUTS,
                RELAY_FEE,
                INCREMENTAL_FEE,
                MEMPOOL_SIZE,
                MEMPOOL_EXPIRY);
    }

    @Override
    public void check(Map<String, String> values) throws PartylineException {
        NodeSettingsCheck.super.check(values);
        name(values);
    }

    private static FeeRate rate(String text) {
        FeeRate rate = FeeRate.parse(text);
        if (rate.compareTo(HIGHEST_FEE) > 0) {
            throw new IllegalArgumentException("it must be 0 to 1000, with at most three decimals");
        }
        return rate;
    }

    /**
     * The node's name: the key {@code name}, otherwise the name in the configuration file's name.
     *
     * @throws IllegalArgumentException if there is none, or it is invalid
     */
    static String name(Map<String, ?> values) {
        String name = NAME.in(values);
        if (name.isEmpty()) {
            name = suffix(FILE, values.get("felix.fileinstall.filename"));
        }
        if (name.isEmpty()) {
            name = suffix(INSTANCE, values.get("service.pid"));
        }
        if (!NODE_NAME.matcher(name).matches()) {
            throw NAME.refused(name);
        }
        return name;
    }

    private static String suffix(Pattern pattern, @Nullable Object text) {
        Matcher matcher = pattern.matcher(text == null ? "" : text.toString());
        return matcher.matches() ? matcher.group(1) : "";
    }

    /**
     * By default like an unmodified Bitcoin Core 31 with a block each minute.
     *
     * @throws IllegalArgumentException if a value is wrong
     */
    static EmbeddedSettings read(Map<String, ?> values) {
        return new EmbeddedSettings(
                BLOCK_INTERVAL.in(values),
                DATACARRIER_SIZE.in(values),
                DATACARRIER_OUTPUTS.in(values),
                RELAY_FEE.in(values),
                INCREMENTAL_FEE.in(values),
                MEMPOOL_SIZE.in(values) * 1_000_000L,
                MEMPOOL_EXPIRY.in(values));
    }
}
