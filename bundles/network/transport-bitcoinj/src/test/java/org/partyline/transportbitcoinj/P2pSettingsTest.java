package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.ProxyChoice;

class P2pSettingsTest {
    private static P2pSettings read(String... pairs) {
        Map<String, String> values = new HashMap<>(Map.of("name", "home", "peers", "127.0.0.1"));
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i], pairs[i + 1]);
        }
        return P2pSettings.of(values);
    }

    @Test
    void littleIsEnough() {
        P2pSettings settings = read();

        assertEquals(Network.MAINNET, settings.network());
        assertEquals(List.of(new Endpoint("127.0.0.1", 8333)), settings.peers());
        assertEquals(ProxyChoice.SERVER, settings.proxy());
        assertFalse(settings.plaintextAllowed());
        assertFalse(settings.proxyRequired());
        assertTrue(settings.wallet());
        assertFalse(settings.discovery());
        assertEquals(Duration.ofSeconds(10), settings.connectTimeout());
        assertEquals(Duration.ofSeconds(60), settings.proxyTimeout());
    }

    @Test
    void everyKeyIsRead() {
        P2pSettings settings = read(
                "network", "testnet4",
                "peers", "a.onion:1, [2001:DB8::1]:2  b.example",
                "proxy", "localhost:9050",
                "proxy-required", "true",
                "minimum-version", "28.1",
                "wallet", "none",
                "ask-mempool", "never",
                "connections", "3",
                "connect-timeout", "2m",
                "request-timeout", "500ms",
                "broadcast-timeout", "7s",
                "mempool-memory", "2");

        assertEquals(
                List.of(new Endpoint("a.onion", 1), new Endpoint("2001:db8::1", 2), new Endpoint("b.example", 48333)),
                settings.peers());
        assertEquals(ProxyChoice.parse("localhost:9050"), settings.proxy());
        assertTrue(settings.proxyRequired());
        assertFalse(settings.wallet());
        assertEquals(AskMempool.NEVER, settings.askMempool());
        assertEquals(3, settings.connections());
        assertEquals(Duration.ofMinutes(2), settings.connectTimeout());
        assertEquals(Duration.ofMinutes(2), settings.proxyTimeout());
        assertEquals(Duration.ofMillis(500), settings.requestTimeout());
        assertEquals(Duration.ofSeconds(7), settings.broadcastTimeout());
        assertEquals(2 << 20, settings.mempoolBytes());
    }

    @Test
    void theNameComesFromTheFileWhereNoneIsSet() {
        assertEquals(
                "tor",
                P2pSettings.of(Map.of(
                                "peers", "127.0.0.1",
                                "felix.fileinstall.filename", "file:/x/etc/org.partyline.transport.bitcoinj-tor.cfg"))
                        .name());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name|a b|letters, digits and hyphens",
                "network|embedded|mainnet, testnet3",
                "network|moon|mainnet, testnet3",
                "peers|host:99999|HOST:PORT",
                "peers|ho_st|HOST:PORT",
                "proxy|127.0.0.1|HOST:PORT of a SOCKS5 proxy",
                "proxy|tor.example:9050|where HOST is localhost or an address",
                "proxy-required|yes|true or false",
                "connections|0|1 to 32",
                "minimum-version|new|a version such as 28.1",
                "wallet|bank|local or none",
                "connect-timeout|5|100ms to 5m",
                "request-timeout|1h|100ms to 5m",
                "mempool-memory|4096|1 to 1024",
                "ask-mempool|sometimes|auto, always or never"
            })
    void aWrongValueIsRefusedWithWhatIsRight(String key, String value, String right) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> read(key, value));

        assertTrue(refused.getMessage().startsWith(key + " = '"), refused.getMessage());
        assertTrue(refused.getMessage().contains(value), refused.getMessage());
        assertTrue(refused.getMessage().contains(right), refused.getMessage());
    }

    @Test
    void aRequiredProxyDoesNotGoWithNone() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> read("proxy-required", "true", "proxy", "none"))
                .getMessage()
                .contains("remove one of them"));
    }

    @Test
    void settingsOfANodeThatIsNotThereYetAreChecked() throws PartylineException {
        P2pSettingsCheck check = new P2pSettingsCheck();

        assertEquals("bitcoinj", check.type());
        check.check(Map.of("name", "home", "peers", "127.0.0.1"));
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> check.check(Map.of("name", "home", "peers", "a:b:c")));
        assertTrue(refused.getMessage().startsWith("peers = 'a:b:c': it must be "), refused.getMessage());
        PartylineException unknown = assertThrows(
                PartylineException.class,
                () -> check.check(Map.of("name", "home", "peers", "127.0.0.1", "nonsense", "1")));
        assertTrue(
                unknown.getMessage().startsWith("a node of type bitcoinj has no setting 'nonsense': "),
                unknown.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "/Satoshi:31.0.0/,310000",
        "/Satoshi:29.1.0/,290100",
        "/Satoshi:0.21.1/,2101",
        "/Satoshi:28.1.0(x)/,280100",
        "/Satoshi:29.3.0/Knots:20260101/,290300"
    })
    void versionsAreCountedAsBitcoinCoreDoes(String software, int version) {
        assertEquals(OptionalInt.of(version), P2pSettings.version(software));
    }

    @Test
    void otherProgramsHaveNoSuchVersion() {
        assertEquals(OptionalInt.empty(), P2pSettings.version("/bcoin:v1.0.2/"));
        assertEquals(OptionalInt.empty(), P2pSettings.version(""));
    }

    @Test
    void discoveryDoesNotGoWithAProxy() {
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> read("proxy", "127.0.0.1:9050", "discovery", "true"))
                        .getMessage()
                        .contains("name peers instead"));
    }

    @Test
    void aNodeWithoutPeersIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> P2pSettings.of(Map.of("name", "home")));
    }

    @ParameterizedTest
    @CsvSource({
        "28.1,/Satoshi:28.1.0/,true",
        "28.1,/Satoshi:28.0.0/,false",
        "28,/Satoshi:27.99.0/,false",
        "28,/Satoshi:28.0.0(nice)/,true",
        "28.1.1,/Satoshi:28.1.0/,false",
        "28,/Satoshi:31.0.0/Knots:20250101/,true",
        "28,/bcoin:v1.0.2/,true",
        "'',/Satoshi:0.9.1/,true"
    })
    void oldVersionsOfBitcoinCoreAreRecognised(String minimum, String software, boolean fine) {
        assertEquals(fine, read("minimum-version", minimum).tooOld(software).isEmpty());
    }
}
