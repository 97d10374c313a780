package org.partyline.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    private static final String HEX = "84fdfb44baddc10a6918096bc1baa0059abc1764e6047f8e0d9a67a7d588882d";
    private static final String CARD =
            "plcard1qyp5ysru7u72ufhepjg3rru3fdx2s825yjar8nwr6tg20uc03tmraq3ph2x0dwf3n4xankqtl3sepvc9sslsqns0tqeyqkzfew";
    private static final String INVITE = "plchan1qypszqcqqyqqqpz0ucg06gmdc7l9yvjhsj7vnfsc868kxmr0vf38jprnrvs";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "the handshake offered only suites that are forbidden: AES_256_EAX",
                "the node's relay floor is 1000 sat/kvB",
                "refused at 2026-03-01T12:00:00Z, sender 765ac31f9a1f50d6, /var/lib/partyline/store/partyline.mv.db",
                "3 passphrases in 60 s were wrong",
                ""
            })
    void plainWordsStayAsTheyAre(String words) {
        assertEquals(words, Redaction.detail(words));
    }

    @Test
    void keysAreLeftOut() {
        for (String key : new String[] {
            HEX,
            HEX.toUpperCase(),
            HEX + HEX,
            HEX.substring(32),
            CARD,
            CARD.toUpperCase(),
            INVITE,
            "plcard1q",
            "PLCHAN1Q",
            "L1aW4aubDFB7yfras2S1mN3bqg9nwySY8nkoLmJebSLD5BWv3ENZ"
        }) {
            assertEquals("before [redacted] after", Redaction.detail("before " + key + " after"));
            assertEquals("key=[redacted]", Redaction.detail("key=" + key));
            assertEquals("([redacted])", Redaction.detail("(" + key + ")"));
        }
    }

    @Test
    void aKeyIsLeftOutHoweverItIsWrapped() {
        for (int length = 32; length <= 128; length++) {
            String digits = (HEX + HEX).substring(0, length);
            assertFalse(Redaction.detail("0x" + digits + "zz").contains(digits.substring(0, 8)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "persona 'mallory' was refused | persona '…' was refused",
                "persona 'O'Brien' was refused | persona '…' was refused",
                "'a' and 'b' | '…' and '…'",
                "persona 'James' tent' was refused | persona '…' was refused",
                "'James' and Bob's dogs' tent' of 'Jess' who?' | '…' of '…'",
                "'a','b' and ('c') | '…','…' and ('…')",
                "contact \"Zoë B.\" rotated | contact \"…\" rotated",
                "contact “Zoë” rotated | contact \"…\" rotated",
                "the node's and the store's | the node's and the store's"
            },
            delimiter = '|')
    void whatIsQuotedIsLeftOut(String detail, String expected) {
        assertEquals(expected, Redaction.detail(detail));
    }

    @Test
    void aDetailIsOneLine() {
        assertEquals("a b c d e f", Redaction.detail("a\nb\rc\u2028d\u0085e\u202ef\n"));
        assertEquals("half   of a pair", Redaction.detail("half \ud834 of a pair"));
    }

    @Test
    void aLongDetailIsLeftOutWhole() {
        assertEquals(1000, Redaction.detail("words ".repeat(166) + "word").length());
        assertEquals("[a detail of 1001 characters was left out]", Redaction.detail("w".repeat(1001)));
    }

    @Test
    void noDetailIsAnEmptyOne() {
        assertEquals("", Redaction.detail(null));
    }

    @ParameterizedTest
    @CsvSource({
        "handshake-refused, handshake-refused",
        "Handshake Refused, handshake-refused",
        "a/b*c, a-b-c",
        "unlocked2, unlocked-",
        "'', unnamed",
        "'  ', unnamed",
        ", unnamed"
    })
    void anEventHasAName(String given, String expected) {
        assertEquals(expected, Redaction.event(given));
    }

    @Test
    void anyTextIsRedactedToALine() {
        Random random = new Random(20260304);
        String letters = "abcdef0123456789'\"“” \n\u0000plcard1plchan1xyz\ud834\udd1e";
        for (int i = 0; i < 5000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(300); length > 0; length--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            String detail = Redaction.detail(text.toString());
            assertTrue(detail.lines().count() <= 1);
            assertFalse(detail.matches("(?is).*([0-9a-f]{32}|plcard1[a-z0-9]|plchan1[a-z0-9]).*"), detail);
            assertTrue(Redaction.event(text.toString()).matches("[a-z-]{1,64}"));
        }
    }
}
