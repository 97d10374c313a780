package org.partyline.shell.output;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.QrCodes;
import org.partyline.shell.testing.Samples;

class QrPictureTest {
    private static final long SEED = 20;
    private static final int WIDTH = 240;
    private static final int HEIGHT = 200;
    /** As in a camera picture of a dim room. */
    private static final int PAPER = 150;

    private static final int INK = 60;

    /** Returns a code as a camera sees it. @param module pixels of one */
    private static BufferedImage picture(String text, double module, double degrees) {
        List<String> rows = QrCode.rows(text);
        int size = rows.size();
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = picture.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(new Color(PAPER, PAPER, PAPER));
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        graphics.translate(WIDTH / 2.0, HEIGHT / 2.0);
        graphics.rotate(Math.toRadians(degrees));
        graphics.scale(module, module);
        graphics.translate(-size / 2.0, -size / 2.0);
        graphics.setColor(new Color(INK, INK, INK));
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                if (rows.get(y).charAt(x) == '1') {
                    graphics.fillRect(x, y, 1, 1);
                }
            }
        }
        graphics.dispose();
        return picture;
    }

    private static byte[] grey(BufferedImage picture) {
        return ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
    }

    private static Optional<String> read(byte[] grey) {
        return QrPicture.read(grey, WIDTH);
    }

    @ParameterizedTest
    @CsvSource({"4, 0", "3, 0", "4, 90", "3.4, 12", "3, 200", "3.7, -35"})
    void aCardAndAnInviteAreReadHoweverTheCameraIsHeld(double module, double degrees) {
        for (String text : List.of(Samples.CARD, Samples.INVITE)) {
            assertEquals(Optional.of(text.toUpperCase(Locale.ROOT)), read(grey(picture(text, module, degrees))), text);
        }
    }

    @Test
    void aCodeIsReadAlthoughSomeOfItIsCovered() {
        BufferedImage picture = picture(Samples.CARD, 4, 0);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(WIDTH / 2, HEIGHT / 2, 8, 8);
        graphics.dispose();
        assertEquals(Optional.of(Samples.CARD.toUpperCase(Locale.ROOT)), read(grey(picture)));
    }

    @Test
    void aPictureWithoutACodeHasNoText() {
        Random random = new Random(SEED);
        byte[] noise = new byte[WIDTH * HEIGHT];
        for (int i = 0; i < 20; i++) {
            random.nextBytes(noise);
            assertEquals(Optional.empty(), read(noise));
        }
        for (int shade : new int[] {0, 127, 255}) {
            Arrays.fill(noise, (byte) shade);
            assertEquals(Optional.empty(), read(noise));
        }
        // Corner marks as close together as possible: the worst case for the search.
        BufferedImage marks = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int ring = Math.max(Math.abs(x % 9 - 3), Math.abs(y % 9 - 3));
                marks.getRaster().setSample(x, y, 0, ring > 3 || ring == 2 ? 255 : 0);
            }
        }
        assertEquals(Optional.empty(), read(grey(marks)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 20, 39, 40, 41})
    void aPictureTooSmallForACodeHasNoText(int side) {
        byte[] grey = new byte[side * side];
        new Random(side).nextBytes(grey);
        assertEquals(Optional.empty(), QrPicture.read(grey, side));
        assertEquals(Optional.empty(), QrPicture.read(grey, 1));
        assertEquals(Optional.empty(), QrPicture.read(grey, side * side));
    }

    /** Anything that a person may hold in front of a camera, or send as a picture. */
    @Test
    void aDamagedCodeIsReadOrNotButFailsInNoOtherWay() {
        Random random = new Random(SEED);
        for (int i = 0; i < 500; i++) {
            byte[] grey = grey(picture(Samples.CARD.substring(0, 8 + random.nextInt(70)), 3, random.nextInt(360)));
            int from = random.nextInt(grey.length);
            int most = random.nextInt(grey.length - from);
            for (int j = from; j < from + most; j += 1 + random.nextInt(200)) {
                grey[j] = (byte) random.nextInt();
            }
            assertDoesNotThrow(() -> read(grey));
        }
    }

    /** Control characters, and escape sequences of other readers. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "\u001d01\u001d", "é", "\\000026", "%%%", "a\r\nb"})
    void anyTextIsReadAsItIs(String text) {
        assertEquals(Optional.of(text), read(grey(picture(text, 4, 0))));
    }

    @Test
    void aPictureOfAnotherSizeThanItSaysIsRefused() {
        int most = QrCodes.MOST_PIXELS;
        assertThrows(IllegalArgumentException.class, () -> QrPicture.read(new byte[most + 1], 1));
        assertThrows(IllegalArgumentException.class, () -> QrPicture.read(new byte[0], 1));
        for (int width : new int[] {-1, 0, 7, most + 1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> QrPicture.read(new byte[most], width));
        }
    }
}
