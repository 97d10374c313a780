/** The web server's interface for other bundles and the console: request handlers and access tokens. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.web;
