package org.partyline.shell.output;

import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.engine.QrCodes;

/** Draws QR codes for other bundles as the console does, and reads them. */
@Component
public final class QrCodeService implements QrCodes {
    /** For Declarative Services. */
    public QrCodeService() {}

    @Override
    public List<String> rows(String text) {
        return QrCode.rows(text);
    }

    @Override
    public Optional<String> read(byte[] grey, int width) {
        return QrPicture.read(grey, width);
    }
}
