package org.partyline.shell.output;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** A QR code for the terminal: two modules per character, black on white whatever the terminal's colours. */
public final class QrCode {
    /** Four modules of white all round (ISO/IEC 18004). */
    private static final int QUIET_ZONE = 4;

    private static final String BLACK_ON_WHITE = "\u001B[30;107m";
    private static final String RESET = "\u001B[0m";
    private static final Pattern BECH32 = Pattern.compile("(plchan|plcard|bc|tb|bcrt)1[a-z0-9]+");

    private QrCode() {}

    /** Prints it if there is a terminal; if it does not fit, prints the size that it needs. */
    public static void print(Console console, String text) {
        if (!console.isTerminal()) {
            return;
        }
        List<String> lines = lines(text);
        int columns = Wrap.columns(lines.get(0));
        if (columns <= console.width() && lines.size() < console.height()) {
            lines.forEach(line -> console.line(BLACK_ON_WHITE + line + RESET));
        } else {
            console.paragraph(
                    Style.DIM,
                    "(Its QR code needs a terminal of " + columns + " columns and " + (lines.size() + 1) + " rows.)");
        }
    }

    /** Returns the code in half blocks, without colours. */
    public static List<String> lines(String text) {
        BitMatrix code = encode(compact(text));
        List<String> lines = new ArrayList<>();
        for (int y = 0; y < code.getHeight(); y += 2) {
            StringBuilder line = new StringBuilder();
            for (int x = 0; x < code.getWidth(); x++) {
                boolean top = code.get(x, y);
                boolean bottom = y + 1 < code.getHeight() && code.get(x, y + 1);
                line.append(top ? (bottom ? '█' : '▀') : (bottom ? '▄' : ' '));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /** Returns the code with a digit for each module: 1 is black. */
    public static List<String> rows(String text) {
        BitMatrix code = encode(compact(text));
        List<String> rows = new ArrayList<>();
        for (int y = 0; y < code.getHeight(); y++) {
            StringBuilder row = new StringBuilder();
            for (int x = 0; x < code.getWidth(); x++) {
                row.append(code.get(x, y) ? '1' : '0');
            }
            rows.add(row.toString());
        }
        return rows;
    }

    /** Bech32 text means the same in capitals, which need fewer modules (BIP173). */
    private static String compact(String text) {
        return BECH32.matcher(text).matches() ? text.toUpperCase(Locale.ROOT) : text;
    }

    private static BitMatrix encode(String text) {
        try {
            return new QRCodeWriter()
                    .encode(
                            text,
                            BarcodeFormat.QR_CODE,
                            0,
                            0,
                            Map.of(
                                    EncodeHintType.MARGIN,
                                    QUIET_ZONE,
                                    EncodeHintType.ERROR_CORRECTION,
                                    ErrorCorrectionLevel.L));
        } catch (WriterException e) {
            throw new IllegalArgumentException("too long for a QR code: " + text.length() + " characters", e);
        }
    }
}
