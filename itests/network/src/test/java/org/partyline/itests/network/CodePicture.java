package org.partyline.itests.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.partyline.itests.harness.Browser;
import org.partyline.itests.harness.Operator;

/** Draws the page's QR codes as a camera sees them. */
final class CodePicture {
    /** The width of a camera picture. */
    private static final int WIDTH = 640;

    private static final int HEIGHT = 480;
    private static final int FRAMES = 10;
    private static final int PAPER = 190;
    private static final int INK = 40;

    private CodePicture() {}

    /** Returns the code of a text, as the server draws it for a logged-in page. */
    static List<String> rows(Browser browser, String text) {
        JsonNode rows = browser.run("return import('/page/client.js').then(client => client.post('/v1/qr', { text: "
                + new TextNode(text) + " }))");
        return Operator.elements(rows.get("rows")).map(JsonNode::asText).toList();
    }

    /** @param module pixels of one @param x of the code's centre @param y of the code's centre, from the top */
    private static BufferedImage draw(
            List<String> rows, int width, int height, double module, double degrees, double x, double y) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = picture.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(new Color(PAPER, PAPER, PAPER));
        graphics.fillRect(0, 0, width, height);
        graphics.translate(x, y);
        graphics.rotate(Math.toRadians(degrees));
        graphics.scale(module, module);
        graphics.translate(-rows.size() / 2.0, -rows.size() / 2.0);
        graphics.setColor(new Color(INK, INK, INK));
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < rows.size(); column++) {
                if (rows.get(row).charAt(column) == '1') {
                    graphics.fillRect(column, row, 1, 1);
                }
            }
        }
        graphics.dispose();
        return picture;
    }

    /**
     * Writes a film for a browser's fake camera, in which the code is slightly rotated. Without rows, it shows only
     * paper.
     */
    static void film(Path file, List<String> rows) {
        byte[] grey = ((DataBufferByte) draw(rows, WIDTH, HEIGHT, 6, 8, WIDTH / 2.0, HEIGHT / 2.0)
                        .getRaster()
                        .getDataBuffer())
                .getData();
        byte[] colours = new byte[WIDTH * HEIGHT / 2];
        Arrays.fill(colours, (byte) 128);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(("YUV4MPEG2 W" + WIDTH + " H" + HEIGHT + " F10:1 Ip A1:1 C420\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < FRAMES; i++) {
                out.write("FRAME\n".getBytes(StandardCharsets.US_ASCII));
                out.write(grey);
                out.write(colours);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a photograph in which the code is small, and off-centre. Without rows, it shows only paper. */
    static Path photograph(Path file, List<String> rows) {
        try {
            ImageIO.write(draw(rows, 1600, 1200, 6, -5, 1100, 400), "png", file.toFile());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
