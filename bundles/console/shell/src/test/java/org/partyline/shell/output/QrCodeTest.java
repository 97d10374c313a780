package org.partyline.shell.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.decoder.Decoder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Samples;

class QrCodeTest {
    private static final int QUIET_ZONE = 4;

    private static String decode(List<String> lines) throws Exception {
        int width = lines.get(0).length();
        int size = width - 2 * QUIET_ZONE;
        BitMatrix modules = new BitMatrix(size);
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                char pair = lines.get((y + QUIET_ZONE) / 2).charAt(x + QUIET_ZONE);
                boolean top = (y + QUIET_ZONE) % 2 == 0;
                if (pair == '█' || pair == (top ? '▀' : '▄')) {
                    modules.set(x, y);
                }
            }
        }
        return new Decoder().decode(modules).getText();
    }

    @Test
    void aCameraReadsTheInviteInCapitals() throws Exception {
        assertEquals(Samples.INVITE.toUpperCase(java.util.Locale.ROOT), decode(QrCode.lines(Samples.INVITE)));
    }

    @Test
    void aBrowserGetsTheSameCodeAsDigits() throws Exception {
        List<String> rows = QrCode.rows(Samples.CARD);
        BitMatrix modules = new BitMatrix(rows.size() - 2 * QUIET_ZONE);
        for (int y = 0; y < modules.getHeight(); y++) {
            for (int x = 0; x < modules.getWidth(); x++) {
                if (rows.get(y + QUIET_ZONE).charAt(x + QUIET_ZONE) == '1') {
                    modules.set(x, y);
                }
            }
        }
        assertEquals(
                Samples.CARD.toUpperCase(java.util.Locale.ROOT),
                new Decoder().decode(modules).getText());
    }

    @Test
    void anAddressInBase58KeepsItsCase() throws Exception {
        String address = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2";
        assertEquals(address, decode(QrCode.lines(address)));
    }

    @Test
    void itIsPrintedWhereItFits() {
        FakeSession session = FakeSession.withTerminal(80, 60);
        QrCode.print(Console.of(session, session.getConsole()), Samples.INVITE);
        assertEquals(
                QrCode.lines(Samples.INVITE).size(), session.printed().lines().count());
    }

    @Test
    void whereItDoesNotFitItSaysWhatItNeeds() {
        for (FakeSession session : List.of(FakeSession.withTerminal(20, 60), FakeSession.withTerminal(80, 10))) {
            QrCode.print(Console.of(session, session.getConsole()), Samples.INVITE);
            assertEquals(
                    "(Its QR code needs a terminal of 37 columns and 20 rows.)",
                    org.jline.utils.AttributedString.stripAnsi(session.printed())
                            .replace(System.lineSeparator(), " ")
                            .strip());
        }
    }

    @Test
    void itIsLeftOutWhereNobodyLooks() {
        FakeSession session = FakeSession.withoutTerminal();
        QrCode.print(Console.of(session, session.getConsole()), Samples.INVITE);
        assertEquals("", session.printed());
    }

    @Test
    void aCardFitsAnOrdinaryTerminal() {
        FakeSession session = FakeSession.withTerminal(80, 24);
        QrCode.print(Console.of(session, session.getConsole()), Samples.CARD);
        assertEquals(
                QrCode.lines(Samples.CARD).size(), session.printed().lines().count());
    }
}
