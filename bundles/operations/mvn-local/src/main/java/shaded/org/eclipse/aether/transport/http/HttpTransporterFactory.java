package shaded.org.eclipse.aether.transport.http;

import java.util.Map;
import shaded.org.eclipse.aether.RepositorySystemSession;
import shaded.org.eclipse.aether.repository.RemoteRepository;
import shaded.org.eclipse.aether.spi.connector.transport.Transporter;
import shaded.org.eclipse.aether.spi.connector.transport.TransporterFactory;
import shaded.org.eclipse.aether.transfer.NoTransporterException;

/**
 * Replaces Maven Resolver's class of this name, which makes connections: no repository is reached over the network,
 * whatever a URL, a setting or a settings.xml says.
 */
public final class HttpTransporterFactory implements TransporterFactory {
    /** The name that Maven Resolver uses for the class that this one replaces. */
    public static final String NAME = "http";

    /** For Maven Resolver. */
    public HttpTransporterFactory() {}

    /** @param extractors unused, since nothing is fetched */
    public HttpTransporterFactory(Map<String, ChecksumExtractor> extractors) {}

    @Override
    public Transporter newInstance(RepositorySystemSession session, RemoteRepository repository)
            throws NoTransporterException {
        throw new NoTransporterException(
                repository, "this server does not use Maven repositories on the network, only files of this computer");
    }

    @Override
    public float getPriority() {
        return 0;
    }

    /** @param priority unused, since nothing is fetched */
    public HttpTransporterFactory setPriority(float priority) {
        return this;
    }
}
