/** What the web server offers to other bundles and to the console: handlers of requests, and access tokens. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.web;
