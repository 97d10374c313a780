package org.partyline.shell.output;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.engine.QrCodes;

/** Draws QR codes for other bundles, as the console does. */
@Component
public final class QrCodeService implements QrCodes {
    /** For Declarative Services. */
    public QrCodeService() {}

    @Override
    public List<String> rows(String text) {
        return QrCode.rows(text);
    }
}
