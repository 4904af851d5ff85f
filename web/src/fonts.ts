/** Pretendard (OFL-1.1) in small pieces by range of characters: fetched after the page is seen, the device's own font until then. */
import 'pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css';
