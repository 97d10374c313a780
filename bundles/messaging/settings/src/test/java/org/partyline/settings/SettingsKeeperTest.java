package org.partyline.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.settings.LastSettings;

/** The settings as a service, and from its users' point of view. */
class SettingsKeeperTest {
    @TempDir
    private Path etc;

    private final AtomicReference<Dictionary<String, ?>> stored = new AtomicReference<>(new Hashtable<>());

    private SettingsKeeper keeper(Map<String, Object> properties) {
        stored.set(new Hashtable<>(properties));
        Configuration configuration = proxy(Configuration.class, (method, arguments) -> switch (method) {
            case "getProperties" -> stored.get();
            case "update" -> {
                stored.set((Dictionary<String, ?>) arguments[0]);
                yield null;
            }
            default -> null;
        });
        return new SettingsKeeper(
                proxy(ConfigurationAdmin.class, (method, arguments) -> configuration),
                Optional.of(new SettingsFile(etc.resolve("org.partyline.engine.cfg"))),
                Optional.of(etc),
                properties);
    }

    private interface Handler {
        Object handle(String method, Object[] arguments) throws IOException;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> handler.handle(method.getName(), arguments)));
    }

    @Test
    void aBadFileIsRefusedAndTheLastGoodSettingsStay() {
        SettingsKeeper keeper = keeper(Map.of("max-bucket", "128"));
        List<Integer> told = new ArrayList<>();
        keeper.onChange(() -> told.add(keeper.get().sending().maxBucket()));
        configure(keeper, Map.of("max-bucket", "129"));
        assertEquals(128, keeper.get().sending().maxBucket());
        configure(keeper, Map.of("max-bucket", "256"));
        assertEquals(List.of(128, 256), told);
    }

    /** As by an operator who edits the file. */
    private void configure(SettingsKeeper keeper, Map<String, Object> properties) {
        stored.set(new Hashtable<>(properties));
        keeper.modified(properties);
    }

    @Test
    void wordOfAnEarlierChangeThatComesLateTakesNothingBack() {
        SettingsKeeper keeper = keeper(Map.of("fee-cap-day", "100sat"));
        keeper.set("fee-cap-hour", "5000sat");
        Map<String, Object> first = Map.of("fee-cap-day", "100sat", "fee-cap-hour", "5000sat");
        keeper.set("fee-cap-day", "9000sat");
        keeper.modified(first);
        assertEquals(9000, keeper.get().fees().capDay());
        assertEquals(5000, keeper.get().fees().capHour());
    }

    @Test
    void aBadValueOfACommandChangesNothing() {
        SettingsKeeper keeper = keeper(Map.of());
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> keeper.set("default-ttl", "90d"));
        assertEquals("default-ttl = '90d': it must be 1m to 45d", refused.getMessage());
        assertFalse(Files.exists(etc.resolve("org.partyline.engine.cfg")));
        assertEquals(Map.of(), keeper.changed());
    }

    /** A cap or a denied suite would otherwise be forgotten at the next start, although its command reported success. */
    @Test
    void aChangeThatCannotBeStoredIsRefusedAndChangesNothing() throws Exception {
        SettingsKeeper keeper = keeper(Map.of("fee-cap-day", "100sat"));
        Files.createDirectories(etc.resolve("org.partyline.engine.cfg"));
        UnavailableException refused =
                assertThrows(UnavailableException.class, () -> keeper.set("fee-cap-hour", "50sat"));
        assertTrue(
                refused.getMessage().startsWith("fee-cap-hour is unchanged, since the file org.partyline.engine.cfg"));
        assertEquals(Map.of("fee-cap-day", "100sat"), keeper.changed());
        assertNotEquals(50, keeper.get().fees().capHour());
    }

    /** By an operator's mistake, while the last valid settings stay in force. */
    @Test
    void anotherValueThatIsWrongIsNamedAsTheReason() {
        SettingsKeeper keeper = keeper(Map.of());
        configure(keeper, Map.of("max-bucket", "129"));
        UnavailableException refused =
                assertThrows(UnavailableException.class, () -> keeper.set("fee-cap-hour", "50sat"));
        assertTrue(refused.getMessage().contains("max-bucket = '129'"), refused.getMessage());
        keeper.set("max-bucket", "128");
        assertEquals(128, keeper.get().sending().maxBucket());
    }

    @Test
    void whatIsSetHoldsAtOnceAndStandsInTheFile() throws Exception {
        SettingsKeeper keeper = keeper(Map.of("carrier", "rolling"));
        keeper.set("default-ttl", "7d");
        assertEquals(7, keeper.get().sending().defaultTtl().toDays());
        assertEquals("rolling", keeper.get().sending().carrier());
        assertEquals("default-ttl = 7d\n", Files.readString(etc.resolve("org.partyline.engine.cfg")));
        assertEquals(Map.of("carrier", "rolling", "default-ttl", "7d"), keeper.changed());
        assertEquals("80", keeper.values().get("max-bucket"));
    }

    @Test
    void whatConcernsOneMachineOnlyIsNotCarriedAndBadValuesAreNotEither() {
        SettingsKeeper keeper = keeper(Map.of());
        assertTrue(keeper.isPortable("carrier", "rolling"));
        assertFalse(keeper.isPortable("carrier", "Pigeon post"));
        assertFalse(keeper.isPortable("mainnet-accepted", "true"));
        assertFalse(keeper.isPortable("paused-nodes", "home"));
        assertFalse(keeper.isPortable("colour", "red"));
    }

    /** Each is out of range beside the other's default. */
    @Test
    void feesAboveTheDefaultMaximumAreCarriedAndSet() {
        SettingsKeeper keeper = keeper(Map.of());
        assertTrue(keeper.isPortable("fee-minimum", "60sat/vB"));
        assertThrows(UnavailableException.class, () -> keeper.set("fee-minimum", "60sat/vB"));
        keeper.set("fee-maximum", "100sat/vB");
        keeper.set("fee-minimum", "60sat/vB");
        assertEquals(Map.of("fee-maximum", "100sat/vB", "fee-minimum", "60sat/vB"), keeper.changed());
        assertThrows(IllegalArgumentException.class, () -> keeper.set("fee-minimum", "many"));
    }

    /** The value comes from a backup, perhaps of someone else. */
    @Test
    void aValueThatWouldSetAnotherSettingInTheFileIsNotCarried() {
        SettingsKeeper keeper = keeper(Map.of());
        assertTrue(keeper.isPortable("minimum-node-version", "rpc:250000"));
        assertFalse(keeper.isPortable("minimum-node-version", "rpc:250000,\njitter:0"));
        assertFalse(keeper.isPortable("suite-denied", "${env:SUITE}"));
    }

    @Test
    void aProxyIsRequiredOnceItWasSaid() throws Exception {
        SettingsKeeper keeper = keeper(Map.of());
        assertFalse(keeper.isProxyRequired());
        keeper.requireProxy();
        assertTrue(keeper.isProxyRequired());
    }

    @Test
    void whoUsesThemGoesOnWithTheLastOnesAndHearsOfThoseThatCameMeanwhile() throws Exception {
        LastSettings last = new LastSettings();
        List<Integer> told = new ArrayList<>();
        last.onChange(() -> told.add(last.get().sending().maxBucket()));
        assertFalse(last.isKnown());
        assertThrows(IllegalStateException.class, last::get);
        SettingsKeeper first = keeper(Map.of("max-bucket", "128"));
        last.added(first);
        assertTrue(last.isKnown());
        first.set("max-bucket", "64");
        last.removed(first);
        assertEquals(64, last.get().sending().maxBucket());
        configure(first, Map.of("max-bucket", "512"));
        PartylineException refused = assertThrows(PartylineException.class, () -> last.change("max-bucket", "80"));
        assertTrue(refused.getMessage().contains("waits for bundle org.partyline.settings"), refused.getMessage());
        SettingsKeeper second = keeper(Map.of("max-bucket", "256"));
        last.added(second);
        // As while a bundle is updated: the other one was available before this one went.
        last.removed(first);
        assertEquals(256, last.get().sending().maxBucket());
        last.change("max-bucket", "80");
        configure(second, Map.of("max-bucket", "80"));
        assertEquals(List.of(128, 256, 80), told);
    }

    @Test
    void allValuesAreShownAndThoseThatWereChangedAsTheyAre() {
        SettingsKeeper keeper = keeper(Map.of("max-bucket", "128", "carrier", "confirm"));
        assertEquals("128", keeper.values().get("max-bucket"));
        assertEquals("1h", keeper.values().get("default-ttl"));
        assertEquals(Map.of("max-bucket", "128"), keeper.changed(), "what is the default is no change");
        stored.set(null);
        assertEquals(Map.of(), keeper.changed(), "nothing is configured");
    }

    @Test
    void whereTheConfigurationSaysNothingWhatWasToldHolds() {
        SettingsKeeper keeper = keeper(Map.of());
        stored.set(null);
        keeper.modified(Map.of("max-bucket", "256"));
        assertEquals(256, keeper.get().sending().maxBucket());
        SettingsKeeper unreadable = new SettingsKeeper(
                proxy(ConfigurationAdmin.class, (method, arguments) -> {
                    throw new IOException("the disk is gone");
                }),
                Optional.empty(),
                Optional.of(etc),
                Map.of());
        unreadable.modified(Map.of("max-bucket", "512"));
        assertEquals(512, unreadable.get().sending().maxBucket());
        assertEquals(Map.of(), unreadable.changed());
    }

    @Test
    void filesAreWhereKarafSays() throws Exception {
        SettingsKeeper keeper = ofKaraf(etc.toString());
        keeper.set("default-ttl", "7d");
        assertEquals("default-ttl = 7d\n", Files.readString(etc.resolve("org.partyline.engine.cfg")));
        keeper.requireProxy();
        assertTrue(Files.exists(etc.resolve("org.partyline.network.cfg")));
        SettingsKeeper without = ofKaraf(null);
        without.set("default-ttl", "7d");
        assertEquals(7, without.get().sending().defaultTtl().toDays());
        assertThrows(PartylineException.class, without::requireProxy);
    }

    private SettingsKeeper ofKaraf(String directory) {
        stored.set(null);
        return new SettingsKeeper(
                proxy(
                        ConfigurationAdmin.class,
                        (method, arguments) -> proxy(Configuration.class, (called, none) -> stored.get())),
                proxy(BundleContext.class, (method, arguments) -> arguments[0].equals("karaf.etc") ? directory : null),
                Map.of());
    }

    // ---- the proxy

    @Test
    void aProxyIsRequiredWhereTheFileSaysSoAndNothingElse() throws Exception {
        NetworkFile network = new NetworkFile(Optional.of(etc));
        assertFalse(network.isProxyRequired(), "there is no file");
        Path file = etc.resolve("org.partyline.network.cfg");
        for (String line : List.of("proxy-required = true", "  proxy-required:true ", "a = b\nproxy-required=true")) {
            Files.writeString(file, line + "\n");
            assertTrue(network.isProxyRequired(), line);
        }
        for (String line :
                List.of("proxy-required = false", "# proxy-required = true", "proxy-required = truely", "")) {
            Files.writeString(file, line + "\n");
            assertFalse(network.isProxyRequired(), line);
        }
        network.requireProxy();
        assertTrue(network.isProxyRequired());
    }

    @Test
    void whereItCannotBeRequiredTheReasonSaysWhatToDo() throws Exception {
        NetworkFile nowhere = new NetworkFile(Optional.empty());
        assertFalse(nowhere.isProxyRequired());
        assertEquals(
                "there is no directory for settings: set proxy-required=true by hand",
                assertThrows(PartylineException.class, nowhere::requireProxy).getMessage());
        Path file = etc.resolve("org.partyline.network.cfg");
        Files.createDirectory(file);
        Files.createFile(file.resolve("in the way"));
        assertEquals(
                "the file " + file + " cannot be written: set proxy-required=true there",
                assertThrows(PartylineException.class, new NetworkFile(Optional.of(etc))::requireProxy)
                        .getMessage());
    }
}
