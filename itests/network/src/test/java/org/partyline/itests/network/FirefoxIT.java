package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.itests.network.PageIT.BLANK;
import static org.partyline.itests.network.PageIT.ENTRY;
import static org.partyline.itests.network.PageIT.MESSAGE;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.partyline.itests.harness.Firefox;
import org.partyline.itests.harness.NeedsFirefox;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/** Alice talks on the page in Firefox, with default settings and with Tor Browser's. */
@ExtendWith({NeedsNode.class, NeedsFirefox.class, ShowLogs.class, Stage.Resolver.class})
class FirefoxIT {
    /** Resolves to this machine, without a proxy: the page is loaded as through an onion service. */
    private static final String ONION = "partyline".repeat(6) + "ab.onion";

    private static boolean isReady;

    @TempDir
    private Path files;

    private final Operator alice;
    private final Operator bob;

    FirefoxIT(Stage stage) {
        alice = stage.alice();
        bob = stage.bob();
    }

    /** The settings of Firefox. */
    enum Setup {
        PLAIN("127.0.0.1", Map.of()),
        /** As with Orbot on a phone: an origin that is not secure, where browsers disable some functions. */
        PLAIN_AT_AN_ONION_SERVICE(ONION, Map.of()),
        /**
         * Tor Browser's preferences that a page can notice, at the security level "safer", which has no JIT compiler.
         */
        TOR_BROWSER(
                ONION,
                Map.ofEntries(
                        Map.entry("privacy.resistFingerprinting", true),
                        Map.entry("privacy.resistFingerprinting.letterboxing", true),
                        Map.entry("browser.privatebrowsing.autostart", true),
                        Map.entry("browser.display.use_system_colors", false),
                        Map.entry("browser.link.open_newwindow.restriction", 0),
                        Map.entry("dom.security.https_only_mode", true),
                        Map.entry("dom.security.https_only_mode_pbm", true),
                        Map.entry("dom.disable_window_move_resize", true),
                        Map.entry("dom.push.enabled", false),
                        Map.entry("dom.w3c_touch_events.enabled", 0),
                        Map.entry("dom.postMessage.sharedArrayBuffer.withCOOP_COEP", false),
                        Map.entry("gfx.offscreencanvas.enabled", false),
                        Map.entry("network.cookie.cookieBehavior", 1),
                        Map.entry("network.cookie.cookieBehavior.pbmode", 1),
                        Map.entry("privacy.partition.network_state", false),
                        Map.entry("privacy.query_stripping.enabled.pbmode", true),
                        Map.entry("privacy.globalprivacycontrol.enabled", true),
                        Map.entry("permissions.memory_only", true),
                        Map.entry("privacy.firstparty.isolate", true),
                        Map.entry("dom.securecontext.allowlist_onions", true),
                        Map.entry("network.http.referer.defaultPolicy", 2),
                        Map.entry("network.http.referer.XOriginPolicy", 2),
                        Map.entry("network.http.referer.hideOnionSource", true),
                        Map.entry("network.http.sendRefererHeader", 0),
                        Map.entry("browser.cache.disk.enable", false),
                        Map.entry("dom.indexedDB.privateBrowsing.enabled", false),
                        Map.entry("dom.cache.privateBrowsing.enabled", false),
                        Map.entry("dom.serviceWorkers.enabled", false),
                        Map.entry("dom.webnotifications.enabled", false),
                        Map.entry("javascript.options.ion", false),
                        Map.entry("javascript.options.baselinejit", false),
                        Map.entry("javascript.options.native_regexp", false),
                        Map.entry("javascript.options.asmjs", false),
                        Map.entry("javascript.options.wasm", false),
                        Map.entry("mathml.disabled", true),
                        Map.entry("gfx.font_rendering.opentype_svg.enabled", false),
                        Map.entry("gfx.font_rendering.graphite.enabled", false),
                        Map.entry("webgl.disabled", true),
                        Map.entry("dom.webaudio.enabled", false),
                        Map.entry("media.peerconnection.enabled", false),
                        Map.entry("media.navigator.enabled", false))),
        /** The strictest user settings: pages can store nothing except their session cookie. */
        WITHOUT_STORAGE("127.0.0.1", Map.of("dom.storage.enabled", false, "dom.indexedDB.enabled", false));

        private final String host;
        private final Map<String, Object> preferences;

        Setup(String host, Map<String, Object> preferences) {
            this.host = host;
            this.preferences = preferences;
        }

        private Firefox start() {
            Map<String, Object> all = new HashMap<>(preferences);
            all.put("network.dns.localDomains", ONION);
            all.put("network.dns.blockDotOnion", false);
            return Firefox.start(all);
        }
    }

    @BeforeEach
    void meet() {
        if (!isReady) {
            alice.server().json("contact-add", PageIT.card(bob, "Bob"), "--name", "bob");
            bob.server().json("contact-add", PageIT.card(alice, "Alice"), "--name", "alice");
            PageIT.start(alice);
            assertEquals(0, alice.server().run("config", "web.hosts", ONION).status());
            alice.set("rate-per-minute", "0");
            bob.set("rate-per-minute", "0");
            isReady = true;
        }
    }

    @ParameterizedTest
    @EnumSource
    void alicesMessagesAreSentAndBobsAreShown(Setup setup) {
        try (Firefox firefox = setup.start()) {
            try {
                talk(firefox, setup);
                leavesNothing(firefox, setup);
                lock(firefox);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(firefox.text() + "\n" + firefox.reports(), e);
            }
            assertEquals(List.of(), firefox.reports());
        } finally {
            alice.unlock();
        }
    }

    private String page(Setup setup) {
        URI link = URI.create(PageIT.link(alice));
        return "http://" + setup.host + ":" + link.getPort() + "/#" + link.getFragment();
    }

    private void talk(Firefox firefox, Setup setup) {
        firefox.open(page(setup));
        firefox.await(ENTRY, "bob");
        PageIT.choose(firefox, "bob");
        PageIT.say(firefox, "From alice, " + setup);
        Wait.until("bob gets it", () -> received().contains("From alice, " + setup));
        bob.server().json("send", "--to", "alice", "From bob, " + setup);
        firefox.await(MESSAGE, "From bob, " + setup);
        firefox.run("[...document.querySelectorAll('.message:not(.own)')].at(-1).querySelectorAll('.actions button')"
                + ".forEach(one => one.textContent === 'React' && one.click()); return 0");
        firefox.click(".pick", "👍");
        firefox.await(".reaction", "👍");
        firefox.await(".price", "Stored as message");
        firefox.run("dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true })); return 0");
        firefox.type("#wanted", "serv\n");
        firefox.await("main h1", "Server");
        scan(firefox, setup);
        for (String view : List.of("Contacts", "Wallet", "Network", "Server")) {
            PageIT.show(firefox, view);
            firefox.await("main section h2", "");
        }
    }

    /** Tor Browser lets a page read no pictures unless the user allows it. */
    private void scan(Firefox firefox, Setup setup) {
        PageIT.show(firefox, "Contacts");
        String card = PageIT.card(bob, "Bob");
        firefox.choose("#picture", CodePicture.photograph(files.resolve("card.png"), CodePicture.rows(firefox, card)));
        if (setup == Setup.TOR_BROWSER) {
            firefox.await(".told", "Allow it to read canvas data");
        } else {
            PageIT.awaitValue(firefox, "#card", card);
        }
    }

    /** If pictures are hidden, the camera is not switched on in vain. */
    @Test
    void theCameraOfABrowserThatHidesPicturesStaysOff() {
        try (Firefox firefox = Firefox.start(Map.of("privacy.resistFingerprinting", true))) {
            firefox.open(page(Setup.PLAIN));
            firefox.await(ENTRY, "bob");
            PageIT.show(firefox, "Contacts");
            firefox.click(".scan", "Scan with the camera");
            firefox.await(".told", "Allow it to read canvas data");
        } finally {
            alice.lock();
            alice.unlock();
        }
    }

    private String received() {
        return bob.server().json("messages", "--contact", "alice").toString();
    }

    private void leavesNothing(Firefox firefox, Setup setup) {
        assertEquals("Partyline", firefox.title());
        assertTrue(firefox.url().matches("http://" + setup.host + ":[0-9]+/"), firefox.url());
        JsonNode kept = firefox.run("const name = one => Object.keys(window[one] ?? {});"
                + " const databases = await indexedDB?.databases?.().catch(() => []);"
                + " const kept = { caches: await window.caches?.keys().catch(() => []) ?? [], databases: databases ?? [],"
                + " local: name('localStorage'), session: name('sessionStorage'), state: history.state };"
                + " return kept");
        assertEquals(
                "{\"caches\":[],\"databases\":[],\"local\":[],\"session\":"
                        + (setup == Setup.WITHOUT_STORAGE ? "[]" : "[\"csrf\"]") + ",\"state\":null}",
                kept.toString());
        assertEquals("", firefox.run("return document.cookie").asText());
        assertEquals(1, alice.server().json("web-devices").get("devices").size());
    }

    private void lock(Firefox firefox) {
        // Before that, the button moves.
        firefox.await(".findings", "checked");
        firefox.click(".lock", "Lock the store");
        firefox.click(".sure", "Lock now");
        firefox.await(BLANK, "The store is locked");
        assertEquals("locked", alice.server().json("status").get("store").asText());
        assertFalse(firefox.run("return document.documentElement.outerHTML")
                .asText()
                .contains("bob"));
    }
}
